package serve

import (
	"context"
	"strings"
	"time"

	"parley/dialog"
	"parley/dialog/message"
	"parley/dialog/store"
	"parley/dialog/tool"
	"parley/web"
)

const (
	linkLasts = 15 * time.Minute
	linkAfter = 10 * time.Minute // of its call
	linkKept  = 24 * time.Hour   // of one that has ended, so that it says so
)

// sendLink sends a link to the phone from which a picture is asked for, when there is one.
func (s *server) sendLink(ctx context.Context, id dialog.ConversationID, a dialog.Action) error {
	to, _ := a.Args["to"].(string)
	if to == "" || !s.c.Messages.On() {
		return nil
	}
	language, _ := a.Args["language"].(string)
	request, _ := a.Args["request"].(dialog.RequestedData)
	token, err := s.store.AddLink(ctx, store.Link{Conversation: id, Call: request.Call, Language: language}, linkLasts)
	if err != nil {
		return err
	}
	return s.outbox.Put(ctx, tool.ChangeRequest{User: tool.User{Role: tool.Customer, Conversation: id, Language: language}, Key: request.ID,
		Tool: message.Tool, Args: map[string]any{"to": to, "text": s.linkText(language, s.c.Messages.Link+"/p/"+token), "locale": language}})
}

// linkText is the message with a link.
func (s *server) linkText(language, link string) string {
	company := companyOf(s.live.config())
	if strings.HasPrefix(language, "zh") {
		if company != "" {
			company = "【" + company + "】"
		}
		return company + "点开链接发送图片，15分钟内有效：" + link
	}
	if company != "" {
		company += ": "
	}
	return company + "open this link to send your picture. It works for 15 minutes: " + link
}

// curtail ends the links of a call some time after it.
func (j *journal) curtail(ctx context.Context, id dialog.CallID) {
	if !j.c.Messages.On() {
		return
	}
	if err := j.store.CurtailLinks(ctx, id, linkAfter); err != nil {
		j.log.Error("links of a call that is over not ended", "call", id, "err", err)
	}
}

// sweepLinks removes links that have long ended, and the texts that carried them.
func (s *server) sweepLinks(now time.Time) {
	ctx, cancel := context.WithTimeout(context.Background(), time.Minute)
	defer cancel()
	if _, err := s.store.SweepLinks(ctx, now.Add(-linkKept)); err != nil {
		s.log.Error("old links not removed", "err", err)
	}
	if _, err := s.store.BlankChanges(ctx, message.Tool, now.Add(-linkLasts)); err != nil {
		s.log.Error("texts with links not removed", "err", err)
	}
}

// links are what the surface serves; nobody is sent one when there is no sender.
func (s *server) links() web.Links {
	if !s.c.Messages.On() {
		return nil
	}
	return s.store
}
