import Foundation
import UnixSignals

/// Several worker processes under one: each is this program again, without `--processes`. A signal to end goes to all.
struct WorkerPool {
    let count: Int

    func run() async throws {
        let children = try (0..<count).map { try start($0) }
        let signals = await UnixSignalsSequence(trapping: .sigterm, .sigint)
        let watch = Task {
            for await _ in signals { for child in children { kill(child.processIdentifier, SIGTERM) } }
        }
        for child in children {
            await withCheckedContinuation { continuation in
                DispatchQueue.global().async {
                    child.waitUntilExit()
                    continuation.resume()
                }
            }
        }
        watch.cancel()
        if let failed = children.first(where: { $0.terminationStatus != 0 }) {
            throw Failure.software("a worker process ended with code \(failed.terminationStatus)")
        }
    }

    private func start(_ number: Int) throws -> Process {
        var arguments = Array(CommandLine.arguments.dropFirst())
        if let place = arguments.firstIndex(of: "--processes") {
            arguments.removeSubrange(place...min(place + 1, arguments.count - 1))
        }
        arguments.removeAll { $0.hasPrefix("--processes=") }
        let process = Process()
        process.executableURL = URL(fileURLWithPath: "/proc/self/exe").resolvingSymlinksInPath()
        process.arguments = arguments + ["--processes", "1"]
        try process.run()
        return process
    }
}
