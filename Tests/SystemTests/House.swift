import Foundation
import Testing

/// A broker and workers of the real `kip`, with a data directory of their own, for one test.
final class House: Sendable {
    static let root: URL = {
        var folder = URL(fileURLWithPath: #filePath)
        for _ in 0..<3 { folder.deleteLastPathComponent() }
        return folder
    }()

    /// The binary beside the test bundle.
    static let kip: URL = {
        let bundle = URL(fileURLWithPath: CommandLine.arguments[0]).deletingLastPathComponent()
        let beside = bundle.appendingPathComponent("kip")
        return FileManager.default.fileExists(atPath: beside.path)
            ? beside : root.appendingPathComponent(".build/debug/kip")
    }()

    let folder = FileManager.default.temporaryDirectory.appendingPathComponent("kip-\(UUID().uuidString.prefix(8))")
    let endpoint: String
    let environment: [String: String]

    init() throws {
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        endpoint = "ipc://\(folder.path)/kip"
        var environment = ProcessInfo.processInfo.environment
        environment["KIP_BROKER"] = endpoint
        environment["KIP_BIND"] = endpoint
        environment["KIP_DATA"] = folder.appendingPathComponent("data").path
        environment["KIP_OFFICE"] = folder.appendingPathComponent("office").path
        environment["KIP_OFFICE_PROFILE"] = House.root.appendingPathComponent("deploy/example/office.yaml").path
        environment["KIP_LEASE"] = "2"
        environment["KIP_LOG"] = "warning"
        environment["PATH"] = House.kip.deletingLastPathComponent().path + ":" + (environment["PATH"] ?? "")
        self.environment = environment
    }

    deinit {
        try? FileManager.default.removeItem(at: folder)
    }

    /// Starts a process that goes on.
    /// - Parameter adding: variables of its environment beside those of the house.
    func start(
        _ arguments: String..., program: URL = House.kip, adding: [String: String] = [:]
    ) throws -> Process {
        let process = Process()
        process.executableURL = program
        process.arguments = arguments
        process.environment = environment.merging(adding) { $1 }
        process.currentDirectoryURL = folder
        let log = folder.appendingPathComponent("log-\(UUID().uuidString.prefix(4))")
        _ = FileManager.default.createFile(atPath: log.path, contents: nil)
        process.standardError = try FileHandle(forWritingTo: log)
        process.standardOutput = FileHandle.nullDevice
        process.standardInput = FileHandle.nullDevice
        try process.run()
        return process
    }

    /// What the processes that `start` has begun have said, all together.
    func logs() throws -> String {
        try FileManager.default.contentsOfDirectory(atPath: folder.path).filter { $0.hasPrefix("log-") }.map {
            try String(contentsOf: folder.appendingPathComponent($0), encoding: .utf8)
        }.joined()
    }

    struct Result {
        var code: Int32
        var out: String
        var error: String
        var lines: [String] { out.split(separator: "\n").map(String.init) }
    }

    /// Runs a process to its end; one that does not end within 15 minutes is killed, and its code says so.
    @discardableResult
    func run(_ program: String, _ arguments: [String], input: String? = nil) throws -> Result {
        let process = Process()
        process.executableURL = URL(fileURLWithPath: "/usr/bin/env")
        process.arguments = [program] + arguments
        process.environment = environment
        process.currentDirectoryURL = folder
        let files = ["in", "out", "error"].map { folder.appendingPathComponent("\($0)-\(UUID().uuidString.prefix(6))") }
        for file in files { _ = FileManager.default.createFile(atPath: file.path, contents: nil) }
        try (input ?? "").write(to: files[0], atomically: false, encoding: .utf8)
        process.standardInput = try FileHandle(forReadingFrom: files[0])
        process.standardOutput = try FileHandle(forWritingTo: files[1])
        process.standardError = try FileHandle(forWritingTo: files[2])
        try process.run()
        if !process.waitForEnd(seconds: 900) { House.kill(process) }
        return Result(
            code: process.terminationStatus, out: try String(contentsOf: files[1], encoding: .utf8),
            error: try String(contentsOf: files[2], encoding: .utf8))
    }

    @discardableResult
    func kip(_ arguments: String..., input: String? = nil) throws -> Result {
        try run(House.kip.path, arguments, input: input)
    }

    /// Kills a process as a crash would.
    static func kill(_ process: Process) {
        Foundation.kill(process.processIdentifier, SIGKILL)
        process.waitForEnd()
    }

    /// Ends processes as an operator would; one that does not end within 20 s is killed, and its status says so.
    static func end(_ processes: Process...) {
        for process in processes where process.isRunning { process.terminate() }
        for process in processes {
            if !process.waitForEnd(seconds: 20) { kill(process) }
        }
    }
}

extension Process {
    /// Blocks until the process has ended. (`waitUntilExit` asks again without a pause on Linux: it would take a core from what
    /// is tested.)
    /// - Parameter limit: how long at most; nil = as long as it takes.
    /// - Returns: whether it has ended.
    @discardableResult
    func waitForEnd(seconds limit: Int? = nil) -> Bool {
        let begin = ContinuousClock.now
        while isRunning {
            if let limit, ContinuousClock.now - begin >= .seconds(limit) { return false }
            usleep(5_000)
        }
        return true
    }
}
