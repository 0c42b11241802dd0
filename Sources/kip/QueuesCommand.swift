import ArgumentParser
import Foundation
import KipCore

struct QueuesCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "queues", abstract: "Look at queues, pause them, limit them.",
        subcommands: [QueuesList.self, QueuesPause.self, QueuesResume.self, QueuesLimit.self])
}

struct QueuesList: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "list", abstract: "Each queue with its counts, and what operators have said of it.")
    @Flag(name: .long, help: "Print an object for each queue, its limits among the counts (0 = no limit).")
    var json = false
    @OptionGroup var brokerOption: BrokerOption

    func run() async throws {
        let client = try brokerOption.client()
        let all = QueueStanding.all(try await client.queues(), try await client.controls())
        if json { return try all.forEach { try Terminal.json($0) } }
        if all.isEmpty { return Terminal.say("no job has been enqueued yet") }
        Terminal.table(
            [
                "QUEUE", "SCHEDULED", "HELD", "BLOCKED", "AVAILABLE", "RUNNING", "SUCCEEDED", "CANCELLED", "EXPIRED",
                "DEAD", "UNCERTAIN", "QUARANTINED", "OLDEST WAITS SINCE",
            ],
            all.map { standing in
                let queue = standing.queue
                let counts = [
                    queue.scheduled, queue.held, queue.blocked, queue.available, queue.running, queue.succeeded,
                    queue.cancelled, queue.expired, queue.dead, queue.uncertain, queue.quarantined,
                ]
                return [queue.name] + counts.map(String.init) + [LocalTime.text(queue.oldestAvailable)]
            })
        for standing in all {
            if let words = standing.control.flatMap(ControlWords.of) {
                Terminal.line("\(standing.queue.name): \(words)")
            }
        }
    }
}

struct WorkersCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "workers", abstract: "Look at workers, let them leave.",
        subcommands: [WorkersList.self, WorkersDrain.self])
}

struct WorkersList: AsyncParsableCommand {
    static let configuration = CommandConfiguration(commandName: "list", abstract: "The workers that the broker hears.")
    @Flag(name: .long, help: "Print an object for each worker.")
    var json = false
    @OptionGroup var brokerOption: BrokerOption

    func run() async throws {
        let workers = try await brokerOption.client().workers()
        if json { return try workers.forEach { try Terminal.json($0) } }
        if workers.isEmpty { return Terminal.say("no worker is connected; start one with “kip worker”") }
        Terminal.table(
            ["ID", "NAME", "RUNS", "WAIT IN IT", "QUEUES", "STATE", "KINDS"],
            workers.map { worker in
                [
                    worker.id, worker.name,
                    worker.places == 0 ? "\(worker.running)" : "\(worker.running)/\(worker.places)",
                    "\(worker.waiting)",
                    worker.queues.joined(separator: ","),
                    worker.draining ? "draining" : worker.reachable ? "working" : "away",
                    worker.kinds.joined(separator: ","),
                ]
            })
    }
}
