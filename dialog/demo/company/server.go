package company

import (
	"bytes"
	"context"
	"fmt"
	"log/slog"

	"github.com/modelcontextprotocol/go-sdk/mcp"
	"gopkg.in/yaml.v3"

	"parley/dialog/tool"
)

// Server is the company as an MCP server.
func (c *Company) Server() *mcp.Server {
	s := mcp.NewServer(&mcp.Implementation{Name: "brightwood", Title: "Brightwood Audio and Fairhaven Insurance", Version: "1"}, nil)
	read, once, again := &mcp.ToolAnnotations{ReadOnlyHint: true}, &mcp.ToolAnnotations{}, &mcp.ToolAnnotations{IdempotentHint: true}
	add(s, "verify_customer", "Says who somebody is by a number and a fact that only the customer knows.", read, sure(c.verify))
	add(s, "find_orders", "Lists a customer's orders.", read, sure(c.findOrders))
	add(s, "track_order", "Says where an order is.", read, sure(c.track))
	add(s, "get_order", "Gives an order with its address.", read, sure(c.getOrder))
	add(s, "order_allows", "Says whether an order may still be returned, exchanged, cancelled or sent elsewhere.", read, sure(c.orderAllows))
	add(s, "report_missing_parcel", "Has a parcel searched for, or sent anew.", once, c.missing)
	add(s, "start_return", "Starts a return.", once, c.startReturn)
	add(s, "exchange_item", "Exchanges an item.", once, c.exchange)
	add(s, "change_address", "Changes where an order goes.", again, c.changeAddress)
	add(s, "cancel_order", "Cancels an order.", again, c.cancelOrder)
	add(s, "send_invoice", "Sends an invoice by e-mail.", once, c.sendInvoice)
	add(s, "list_policies", "Lists a customer's insurance policies.", read, sure(c.policies))
	add(s, "get_claim", "Says how a claim stands.", read, sure(c.getClaim))
	add(s, "report_claim", "Reports damage.", once, c.reportClaim)
	add(s, "free_appointments", "Lists free appointments.", read, sure(c.slots))
	add(s, "book_appointment", "Books an appointment.", once, c.book)
	add(s, "cancel_appointment", "Cancels an appointment.", again, c.unbook)
	add(s, "request_callback", "Notes that the customer is called back.", once, c.callback)
	add(s, "record_lead", "Notes who is interested in what.", once, c.lead)
	return s
}

func add[In any](s *mcp.Server, name, does string, a *mcp.ToolAnnotations, f func(In) (answer, error)) {
	mcp.AddTool(s, &mcp.Tool{Name: name, Description: does, Annotations: a}, func(_ context.Context, _ *mcp.CallToolRequest, in In) (*mcp.CallToolResult, any, error) {
		out, err := f(in)
		return nil, out, err
	})
}

func sure[In any](f func(In) answer) func(In) (answer, error) {
	return func(in In) (answer, error) { return f(in), nil }
}

// Config is what Parley's settings say of the company's tools.
func Config() (tool.Config, error) {
	var c tool.Config
	d := yaml.NewDecoder(bytes.NewReader(tools))
	d.KnownFields(true)
	if err := d.Decode(&c); err != nil {
		return c, fmt.Errorf("company: %w", err)
	}
	return c, nil
}

// source is the company's tools in this process.
type source struct {
	tool.Source
	stop func()
}

// Close implements tool.Source.
func (s *source) Close() error {
	err := s.Source.Close()
	s.stop()
	return err
}

// Tools gives the company's tools in this process, reached as any MCP server's are.
func (c *Company) Tools(log *slog.Logger) (tool.Source, error) {
	config, err := Config()
	if err != nil {
		return nil, err
	}
	config.MCP = nil
	server := c.Server()
	ctx, stop := context.WithCancel(context.Background())
	dial := func(context.Context) (mcp.Transport, error) {
		ours, theirs := mcp.NewInMemoryTransports()
		_, err := server.Connect(ctx, theirs, nil)
		return ours, err
	}
	return &source{tool.Connect(config, dial, log), stop}, nil
}

// Serve runs the company on standard streams until ctx ends or the client has gone.
func (c *Company) Serve(ctx context.Context) error {
	return c.Server().Run(ctx, &mcp.StdioTransport{})
}
