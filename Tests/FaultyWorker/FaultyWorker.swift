import Foundation
import KipWorker

/// The world that jobs act on: a file to which each effect adds a line.
enum World {
    static let path = ProcessInfo.processInfo.environment["WORLD"] ?? "world"

    static func add(_ line: String) throws {
        let descriptor = open(path, O_WRONLY | O_APPEND | O_CREAT, 0o600)
        guard descriptor >= 0 else { throw EffectDidNotHappen("the world cannot be opened") }
        defer { close(descriptor) }
        _ = (line + "\n").withCString { write(descriptor, $0, strlen($0)) }
        fsync(descriptor)
    }

    static func has(_ line: String) -> Bool {
        (try? String(contentsOfFile: path, encoding: .utf8))?.split(separator: "\n").contains(Substring(line)) == true
    }
}

/// Does one thing to the world, once, and takes its time before and after.
struct Act: Job {
    static let kind = "act"
    static let options = JobOptions(maxAttempts: 3, retry: RetryPolicy(baseMilliseconds: 50, capMilliseconds: 100))
    var name: String
    var before = 0
    var after = 0

    func run(in context: JobContext) async throws -> Outcome {
        let receipt = try await context.once("act/\(name)") {
            try await Task.sleep(for: .milliseconds(before))
            try World.add(name)
            try await Task.sleep(for: .milliseconds(after))
            return "did \(name)"
        }
        return try .done(receipt)
    }
}

/// Kills its worker.
struct Killer: Job {
    static let kind = "killer"
    var name: String

    func run(in context: JobContext) async throws -> Outcome {
        try World.add("killed by \(name)")
        kill(getpid(), SIGKILL)
        return .done
    }
}

/// Counts aloud: says how far it is, and logs each number.
struct Counter: Job {
    static let kind = "counter"
    var to: Int
    var milliseconds: Int
    var fails: Bool?

    func run(in context: JobContext) async throws -> Outcome {
        for number in 1...to {
            context.report(Double(number) / Double(to), "at \(number) of \(to)")
            context.log("number \(number)")
            try await Task.sleep(for: .milliseconds(milliseconds))
        }
        return fails == true ? .discard(reason: "it miscounted") : try .done(to)
    }
}

/// Adds up what the jobs gave back that it came after.
struct Adder: Job {
    static let kind = "adder"

    func run(in context: JobContext) async throws -> Outcome {
        let parents = try await context.parents()
        return try .done(try parents.filter { $0.state == .succeeded }.reduce(0) { try $0 + $1.value(as: Int.self) })
    }
}

/// Says a text wherever a handler can say one: as progress, in its log, and as its error.
struct Shouter: Job {
    static let kind = "shouter"
    static let options = JobOptions(maxAttempts: 1)
    static var example: Shouter? { Shouter(text: "hello", loud: true) }
    var text: String
    var loud: Bool?

    func run(in context: JobContext) async throws -> Outcome {
        context.report(0.5, text)
        context.log(text)
        try await Task.sleep(for: .milliseconds(200))
        return .discard(reason: text)
    }
}

/// Sleeps, then is done; it harms nobody.
struct Sleeper: Job {
    static let kind = "sleeper"
    var milliseconds = 10

    func run(in context: JobContext) async throws -> Outcome {
        try await Task.sleep(for: .milliseconds(milliseconds))
        return .done
    }
}

@main struct FaultyWorker {
    static func main() async throws {
        var registry = JobRegistry(Act.self, Killer.self, Sleeper.self, Counter.self, Adder.self, Shouter.self)
        if ProcessInfo.processInfo.environment["RECONCILES"] == "1" {
            registry.reconcile(prefix: "act/") { key in
                let name = String(key.dropFirst(4))
                return World.has(name) ? try .done("did \(name)") : .unknown
            }
        }
        let places = Int(ProcessInfo.processInfo.environment["PLACES"] ?? "4") ?? 4
        try await KipWorker(concurrency: places, registry: registry).runService()
    }
}
