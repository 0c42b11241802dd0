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
    let bulk: BulkRun

    /// A job and the line that it comes from.
    private struct Line {
        let number: Int
        let job: JobRequest
    }

    /// What became of the lines of a message.
    private struct Outcome {
        var stored: [(line: Int, job: EnqueuedJob)] = []
        /// They may be stored or not.
        var unknown: [Int] = []
        var error: KipClientError?
    }

    /// What became of all lines so far.
    private struct Count {
        var ids: [JobID] = []
        var stored: [Int] = []
        var unknown: [Int] = []
        var missing: [Int] = []
    }

    func run(_ path: String) async throws {
        let handle = try open(path)
        let bar = ProgressBar("enqueue", total: nil)
        var reader = LineReader(handle)
        var number = 0
        var count = Count()
        var lanes = Set<UnservedWarning.Lane>()
        var underway: [(lines: [Int], task: Task<Outcome, Never>)] = []
        var hasPrintedToken = Terminal.isInteractive
        func collect() async throws {
            let (lines, task) = underway.removeFirst()
            let outcome = await task.value
            try take(outcome, of: lines, &count)
            bar.update(count.stored.count)
            if let error = outcome.error { throw error }
        }
        if hasPrintedToken { printToken(path) }
        do {
            while let group = try next(&reader, &number) {
                if !hasPrintedToken, !underway.isEmpty {
                    printToken(path)
                    hasPrintedToken = true
                }
                for line in group { lanes.insert(UnservedWarning.Lane(of: line.job)) }
                underway.append((group.map(\.number), Task { [client] in await Self.enqueue(group, client) }))
                if underway.count >= Self.messagesUnderway { try await collect() }
            }
            while !underway.isEmpty { try await collect() }
        } catch {
            // What is underway may well be stored: count it before saying where things stand.
            while !underway.isEmpty { try? await collect() }
            reportLines(count, path)
            throw error
        }
        bar.finish(count.stored.count)
        if count.stored.isEmpty { Terminal.say("kip: 0 jobs were enqueued: there is no line in \(path)") }
        await UnservedWarning.say(lanes.sorted(), client)
        if wait { try await JobsWait.wait(count.ids, client, timeout: nil) }
    }

    private func take(_ outcome: Outcome, of lines: [Int], _ count: inout Count) throws {
        for (line, job) in outcome.stored {
            count.stored.append(line)
            if wait { count.ids.append(job.id) }
            if json { try Terminal.json(job) } else { Terminal.line(job.id.description) }
        }
        count.unknown += outcome.unknown
        let known = Set(outcome.stored.map(\.line)).union(outcome.unknown)
        count.missing += lines.filter { !known.contains($0) }
    }

    private func printToken(_ path: String) {
        Terminal.say("kip: if this run breaks off, “kip enqueue --from \(path) --resume \(bulk.token)” goes on")
    }

    /// Which lines are stored, and how to go on.
    private func reportLines(_ count: Count, _ path: String) {
        let parts = [
            LineRanges.words(count.stored).map { ("stored", $0, count.stored.count) },
            LineRanges.words(count.missing).map { ("not stored", $0, count.missing.count) },
        ].compactMap { $0 }
        for (what, lines, number) in parts { Terminal.say("kip: \(lines) \(number == 1 ? "is" : "are") \(what)") }
        if let lines = LineRanges.words(count.unknown) {
            Terminal.say("kip: of \(lines) it is not known: no answer came")
        }
        if count.stored.isEmpty, count.unknown.isEmpty { return Terminal.say("kip: nothing is stored") }
        Terminal.say(
            "kip: later lines were not sent. “kip enqueue --from \(path) --resume \(bulk.token)” with the same lines goes on, "
                + "and stores none of them twice")
    }

    /// Jobs that are too many for one message, as their queue takes no more at once, go in several.
    private static func enqueue(_ lines: [Line], _ client: KipClient) async -> Outcome {
        var outcome = Outcome()
        var rest = lines[...]
        var most = lines.count
        while !rest.isEmpty {
            let part = Array(rest.prefix(most))
            let numbers = part.map(\.number)
            do throws(KipClientError) {
                outcome.stored += zip(numbers, try await client.enqueue(part.map(\.job))).map { ($0, $1) }
                rest = rest.dropFirst(part.count)
            } catch {
                var reason = error
                var stored = 0
                var unknown: Range<Int>? = error.leavesOpen ? 0..<part.count : nil
                if case .partlyEnqueued(let partly) = error {
                    outcome.stored += zip(numbers, partly.stored).map { ($0, $1) }
                    (stored, unknown, reason) = (partly.stored.count, partly.unknown, partly.reason)
                    rest = rest.dropFirst(stored)
                }
                if case .refused(let code, _) = reason, code == Refusal.Code.tooLarge.rawValue, part.count - stored > 1
                {
                    most = max(1, min(most, part.count - stored) / 2)
                    continue
                }
                outcome.unknown = unknown.map { numbers[$0].map { $0 } } ?? []
                outcome.error = RefusedLine.located(reason, numbers)
                return outcome
            }
        }
        return outcome
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
            group.append(
                Line(number: number, job: try EnqueueLine.request(line, number, else: bulk.id(line: number))))
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
