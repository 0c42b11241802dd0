import ArgumentParser
import Foundation
import KipClient

struct TopCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "top", abstract: "Watch queues, workers and running jobs.",
        discussion: """
            On a terminal it fills the screen and looks anew every second. Elsewhere, or with --once, it prints one table \
            of each and ends; with --json it prints one object at each look, until it is ended.

            Counts a minute are of the last minute. WAIT P50 and P99 are the waits from the time that a job may run to its \
            start that half, and 99 of 100, did not exceed; they are at the most an eighth off. OLDEST is how long the job \
            at the head of the queue has waited. TAKEN jobs are in workers' hands: a worker runs as many as it has places \
            (RUNS), the others wait in it. SCHEDULED, HELD, UNCERTAIN (with what is quarantined) and DEAD are counted on disk, now \
            and then. FOR is how long a job has been in its worker's hands: “≤” where it was there before we looked, so \
            that only the earliest time is known, else to one look.
            """)
    @Option(name: .long, help: "The time between two looks: 1s.")
    var interval = "1s"
    @Flag(name: .long, help: "Print one look, and end.")
    var once = false
    @Flag(name: .long, help: "Print an object at each look.")
    var json = false
    @OptionGroup var brokerOption: BrokerOption

    func run() async throws {
        let pause = try TimeText.duration(interval, "--interval")
        guard (.milliseconds(100)...(.seconds(3_600))).contains(pause) else {
            throw Failure.usage("--interval must be from 0.1 to 3600 seconds")
        }
        let client = try brokerOption.client()
        let feed = TopFeed(client: client, endpoint: try brokerOption.endpoint())
        if json { return try await stream(feed, every: pause) }
        if once || !RawTerminal.isThere { return try await report(feed) }
        let colours = ProcessInfo.processInfo.environment["NO_COLOR"].map(\.isEmpty) ?? true
        await TopScreen(client: client, feed: feed, interval: pause, colours: colours).run()
    }

    private func stream(_ feed: TopFeed, every pause: Duration) async throws {
        while true {
            try Terminal.json(try await feed.look(waitingForCounts: once))
            if once { return }
            try await Task.sleep(for: pause)
        }
    }

    private func report(_ feed: TopFeed) async throws {
        var state = TopState(canPause: false)
        state.show(try await feed.look(waitingForCounts: true))
        // A pipe has no edge, a terminal has.
        let width = isatty(STDOUT_FILENO) == 1 ? RawTerminal.size.width : 1_000
        for line in TopLayout(state: state, width: width, height: 0).report() {
            Terminal.line(line.text)
        }
    }
}
