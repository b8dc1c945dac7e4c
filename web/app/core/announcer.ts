const between = 1500 // ms between two announcements: faster, and a screen reader cuts its own sentence
const most = 5 // that wait; older ones are dropped, for the log has them all

// Announcer tells a screen reader what happens, politely and not too fast. The log itself is
// silent, or each piece of a reply would be read.
export class Announcer {
  private waiting: string[] = []
  private timer?: ReturnType<typeof setTimeout>
  private last = -Infinity

  constructor(
    private readonly region: { textContent: string | null },
    private readonly now: () => number = () => performance.now(),
  ) {}

  say(text: string): void {
    if (!text) return
    this.waiting = [...this.waiting, text].slice(-most)
    this.timer ??= setTimeout(() => this.flush(), Math.max(50, this.last + between - this.now()))
  }

  private flush(): void {
    this.timer = undefined
    this.last = this.now()
    this.region.textContent = this.waiting.join(' ')
    this.waiting = []
  }

  end(): void {
    clearTimeout(this.timer)
    this.timer = undefined
  }
}
