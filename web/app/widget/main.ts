import { settings } from './settings'
import './parley'
import { Widget } from './widget'

const script = document.currentScript as HTMLScriptElement | null

// begin puts the widget on the page, once: a script that is loaded twice finds it there.
function begin(w: Window): void {
  if (w.Parley || !script) return
  const widget = new Widget(settings({ ...script.dataset }, script.src))
  w.Parley = {
    open: (o) => (o?.ask ? widget.ask(o.ask) : widget.open()),
    close: () => widget.close(),
    identify: (customer) => widget.identify(customer),
    on: (what, f) => widget.on(what, f),
    page: (p) => widget.page(p),
    track: (type, about) => widget.track(type, about),
  }
  document.dispatchEvent(new CustomEvent('parley:ready'))
}

begin(window)
