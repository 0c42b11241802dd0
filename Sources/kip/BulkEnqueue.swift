import Foundation
import KipClient
import KipCore

/// A stream of jobs, one JSON object a line, enqueued in messages of a thousand while the next ones are read.
struct BulkEnqueue {
    private static let linesPerMessage = 1_000
    private static let messagesUnderway = 4

    let client: KipClient
    let json: Bool
    let wait: Bool

    /// A job and the line that it comes from.
    private struct Line {
        let number: Int
        let job: JobRequest
    }

    /// Jobs on their way, and the lines that they come from.
    private struct Message {
        let lines: [Int]
        let task: Task<[EnqueuedJob], any Error>
    }

    func run(_ path: String) async throws {
        let handle = try open(path)
        let bar = ProgressBar("enqueue", total: nil)
        var reader = LineReader(handle)
        var number = 0
        var done = 0
        var ids: [JobID] = []
        var underway: [Message] = []
        func collect() async throws {
            let message = underway.removeFirst()
            do {
                for job in try await message.task.value {
                    if json { try Terminal.json(job) } else { Terminal.line(job.id.description) }
                    if wait { ids.append(job.id) }
                    done += 1
                }
            } catch let error as KipClientError {
                throw RefusedLine.located(error, message.lines)
            }
            bar.update(done)
        }
        do {
            while let group = try next(&reader, &number) {
                let jobs = group.map(\.job)
                underway.append(
                    Message(lines: group.map(\.number), task: Task { [client] in try await Self.enqueue(jobs, client) })
                )
                if underway.count >= Self.messagesUnderway { try await collect() }
            }
            while !underway.isEmpty { try await collect() }
        } catch {
            // What is underway may well be stored: count it before saying where things stand.
            while !underway.isEmpty { try? await collect() }
            Terminal.say("kip: \(Terminal.count(done, "job")) had been enqueued before this")
            throw error
        }
        bar.finish(done)
        if done == 0 { Terminal.say("kip: 0 jobs were enqueued: there is no line in \(path)") }
        if wait { try await JobsWait.wait(ids, client, timeout: nil) }
    }

    /// Jobs that are too many for one message, as their queue takes no more at once, go in several.
    private static func enqueue(
        _ jobs: [JobRequest], _ client: KipClient
    ) async throws(KipClientError) -> [EnqueuedJob] {
        do {
            return try await client.enqueue(jobs)
        } catch .refused(let code, _) where code == Refusal.Code.tooLarge.rawValue && jobs.count > 1 {
            let half = jobs.count / 2
            let first = try await enqueue(Array(jobs.prefix(half)), client)
            let second = try await enqueue(Array(jobs.dropFirst(half)), client)
            return first + second
        }
    }

    private func open(_ path: String) throws -> FileHandle {
        if path == "-" { return .standardInput }
        try Input.checkFile(path)
        guard let handle = FileHandle(forReadingAtPath: path) else {
            throw Failure.noInput("\(path) cannot be read; does it exist?")
        }
        return handle
    }

    private func next(_ reader: inout LineReader, _ number: inout Int) throws -> [Line]? {
        var group: [Line] = []
        while group.count < Self.linesPerMessage, let line = try reader.next() {
            number += 1
            if line.allSatisfy({ $0 == 0x20 || $0 == 0x09 || $0 == 0x0D }) { continue }
            group.append(Line(number: number, job: try EnqueueLine.request(line, number)))
        }
        return group.isEmpty ? nil : group
    }
}

/// Lines of a file, read in pieces.
struct LineReader {
    private static let longestLine = Limits.payloadBytes + 65_536
    private let handle: FileHandle
    private var buffer = Data()
    private var ended = false

    init(_ handle: FileHandle) {
        self.handle = handle
    }

    mutating func next() throws -> Data? {
        while true {
            if let end = buffer.firstIndex(of: 0x0A) {
                let line = buffer[buffer.startIndex..<end]
                buffer = buffer[(end + 1)...]
                return Data(line)
            }
            if ended {
                defer { buffer = Data() }
                return buffer.isEmpty ? nil : Data(buffer)
            }
            guard buffer.count <= Self.longestLine else { throw Failure.data("a line is longer than a payload may be") }
            guard let piece = try handle.read(upToCount: 1 << 16), !piece.isEmpty else {
                ended = true
                continue
            }
            buffer = Data(buffer) + piece
        }
    }
}
