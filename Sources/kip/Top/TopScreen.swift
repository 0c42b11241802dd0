import Foundation
import KipClient
import UnixSignals

/// `kip top` on a terminal: looks, keys and signals come in as events, one after the other, and after each the screen is
/// drawn anew.
struct TopScreen {
    private enum Event: Sendable {
        case keys([TopKey])
        case seen(TopSnapshot)
        case failed(String)
        /// A wish came to this.
        case said(String)
        case resized
        case end
    }

    let client: KipClient
    let feed: TopFeed
    let interval: Duration
    let colours: Bool

    /// Shows until somebody quits.
    func run() async {
        guard let terminal = RawTerminal.take() else { return }
        let (events, source) = AsyncStream<Event>.makeStream()
        let tasks = [Task { await look(source) }, Task { await hear(source) }]
        defer { tasks.forEach { $0.cancel() } }
        Self.readKeys(source)
        var state = TopState(canPause: TopWishes.pause != nil)
        draw(state, terminal)
        for await event in events {
            guard take(event, &state, source) else { return }
            draw(state, terminal)
        }
    }

    private func draw(_ state: TopState, _ terminal: borrowing RawTerminal) {
        let size = RawTerminal.size
        terminal.draw(TopLayout(state: state, width: size.width, height: size.height).lines(), colours: colours)
    }

    /// - Returns: whether to go on.
    private func take(_ event: Event, _ state: inout TopState, _ source: AsyncStream<Event>.Continuation) -> Bool {
        switch event {
        case .seen(let snapshot): state.show(snapshot)
        case .failed(let reason): state.fail(reason)
        case .said(let text): state.say(text)
        case .resized: break
        case .end: return false
        case .keys(let keys):
            for key in keys {
                guard let wish = state.press(key) else { continue }
                if wish == .quit { return false }
                Task { await fulfil(wish, source) }
            }
        }
        return true
    }

    private func fulfil(_ wish: TopState.Wish, _ source: AsyncStream<Event>.Continuation) async {
        source.yield(.said(await TopWishes.fulfil(wish, client)))
        await lookOnce(source)
    }

    private func look(_ source: AsyncStream<Event>.Continuation) async {
        while !Task.isCancelled {
            await lookOnce(source)
            try? await Task.sleep(for: interval)
        }
    }

    private func lookOnce(_ source: AsyncStream<Event>.Continuation) async {
        do throws(KipClientError) {
            source.yield(.seen(try await feed.look()))
        } catch {
            source.yield(.failed(Self.short(error)))
        }
    }

    /// An error that fits a line.
    private static func short(_ error: KipClientError) -> String {
        if case .unreachable(let endpoint, _) = error { return "no broker answers at \(endpoint)" }
        return "\(error)"
    }

    private func hear(_ source: AsyncStream<Event>.Continuation) async {
        let signals = await UnixSignalsSequence(trapping: .sigterm, .sigint, .sighup, .sigwinch)
        for await signal in signals { source.yield(signal == .sigwinch ? .resized : .end) }
    }

    /// Reading waits, so it has a thread of its own; it ends with the process.
    private static func readKeys(_ source: AsyncStream<Event>.Continuation) {
        Thread.detachNewThread {
            while let bytes = RawTerminal.pressed() { source.yield(.keys(TopKey.read(bytes))) }
            source.yield(.end)
        }
    }
}
