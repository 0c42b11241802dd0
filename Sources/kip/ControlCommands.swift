import ArgumentParser
import KipClient
import KipCore

struct QueuesPause: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "pause", abstract: "Hand out nothing of a queue until it is resumed; what runs runs on.")
    @Argument(help: "The queue.")
    var queue: String
    @OptionGroup var brokerOption: BrokerOption

    func run() async throws {
        let client = try brokerOption.client()
        ControlWords.say(try await client.pause(queue: queue, by: Person.name))
        await UnservedWarning.say(queue: queue, client)
    }
}

struct QueuesResume: AsyncParsableCommand {
    static let configuration = CommandConfiguration(commandName: "resume", abstract: "Let a paused queue go on.")
    @Argument(help: "The queue.")
    var queue: String
    @OptionGroup var brokerOption: BrokerOption

    func run() async throws {
        let client = try brokerOption.client()
        ControlWords.say(try await client.resume(queue: queue, by: Person.name))
        await UnservedWarning.say(queue: queue, client)
    }
}

struct QueuesLimit: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "limit", abstract: "Change what a queue may use; it holds at once, for all workers.",
        discussion: """
            What is not named stays. 0 takes a limit away.

              kip queues limit mail --rate 30/1m
              kip queues limit reports --concurrency 2
              kip queues limit urgent --weight 3
              kip queues limit bulk --most-waiting 100000

            A rate counts what begins, all workers together; a weight of 3 is three jobs for each one of a queue with \
            weight 1; where too many wait, producers are told to try again (exit code 75).
            """)
    @Argument(help: "The queue.")
    var queue: String
    @Option(name: .long, help: "So many of its jobs begin in a time, such as 30/1m; 0 = no limit.")
    var rate: String?
    @Option(name: .long, help: "So many of its jobs run at once; 0 = no limit.")
    var concurrency: Int?
    @Option(name: .long, help: "Its share of the workers beside other queues, 1 to 1000.")
    var weight: Int?
    @Option(name: .long, help: "So many jobs may wait for a worker; 0 = no limit.")
    var mostWaiting: Int?
    @OptionGroup var brokerOption: BrokerOption

    func run() async throws {
        var limits = QueueLimits(weight: weight, concurrency: concurrency, mostWaiting: mostWaiting)
        if let rate { (limits.rate, limits.ratePeriod) = try Self.rate(rate) }
        try Self.check(limits)
        let client = try brokerOption.client()
        ControlWords.say(try await client.limit(queue: queue, limits, by: Person.name))
        await UnservedWarning.say(queue: queue, client)
    }

    /// - Throws: `Failure` where nothing is said, or a number is out of its range.
    static func check(_ limits: QueueLimits) throws {
        guard limits != QueueLimits() else {
            throw Failure.usage("name a limit: --rate, --concurrency, --weight or --most-waiting")
        }
        let numbers: [(option: String, number: Int?, range: ClosedRange<Int>, note: String)] = [
            ("--weight", limits.weight, 1...Limits.weight, "1 is the share of a queue of which nothing was said"),
            ("--concurrency", limits.concurrency, 0...Limits.credit * 100, "0 takes the limit away"),
            ("--most-waiting", limits.mostWaiting, 0...Int.max, "0 takes the limit away"),
        ]
        for (option, number, range, note) in numbers {
            guard let number, !range.contains(number) else { continue }
            let words =
                range.upperBound == .max
                ? "\(range.lowerBound) or more" : "from \(range.lowerBound) to \(range.upperBound)"
            throw Failure.usage("\(option) must be \(words), not \(number); \(note)")
        }
    }

    static func rate(_ text: String) throws -> (Int, Duration?) {
        if text == "0" { return (0, nil) }
        let parts = text.split(separator: "/")
        guard parts.count == 2, let count = Int(parts[0]), (1...Limits.rate).contains(count) else {
            throw Failure.usage("the rate “\(text)” is not such as 30/1m, or 0")
        }
        // “30/m” is a minute as well.
        let period = parts[1].first?.isNumber == true ? String(parts[1]) : "1\(parts[1])"
        guard let duration = try? TimeText.duration(period, "--rate"),
            (1...Limits.ratePeriodMilliseconds).contains(duration.milliseconds)
        else {
            throw Failure.usage("the rate “\(text)” has no time from 1ms to 1d, such as 30/1m")
        }
        return (count, duration)
    }
}

struct KindsCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "kinds", abstract: "Look at kinds, pause them, let their jobs wait for a person.",
        subcommands: [KindsList.self, KindsPause.self, KindsResume.self, KindsHold.self])
}

struct KindsPause: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "pause", abstract: "Hand out nothing of a kind until it is resumed; what runs runs on.")
    @Argument(help: "The kind.")
    var kind: String
    @OptionGroup var brokerOption: BrokerOption

    func run() async throws {
        let client = try brokerOption.client()
        ControlWords.say(try await client.pause(kind: kind, by: Person.name))
        await UnservedWarning.say(kind: kind, client)
    }
}

struct KindsResume: AsyncParsableCommand {
    static let configuration = CommandConfiguration(commandName: "resume", abstract: "Let a paused kind go on.")
    @Argument(help: "The kind.")
    var kind: String
    @OptionGroup var brokerOption: BrokerOption

    func run() async throws {
        let client = try brokerOption.client()
        ControlWords.say(try await client.resume(kind: kind, by: Person.name))
        await UnservedWarning.say(kind: kind, client)
    }
}

struct KindsHold: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "hold",
        abstract: "Let each new job of a kind wait for its release by a person (kip jobs release).")
    @Argument(help: "The kind.")
    var kind: String
    @Flag(name: .long, help: "New jobs wait no more; those that are held still want their release.")
    var off = false
    @OptionGroup var brokerOption: BrokerOption

    func run() async throws {
        let client = try brokerOption.client()
        ControlWords.say(try await client.hold(kind: kind, !off, by: Person.name))
        await UnservedWarning.say(kind: kind, client)
    }
}
