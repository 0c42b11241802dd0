import ArgumentParser
import Foundation
import KipClient
import KipCore

struct EnqueueCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "enqueue", abstract: "Enqueue a job, or a stream of jobs.",
        discussion: """
            Prints one job id a line when the job is on the broker's disk.

              kip enqueue late-case-sweep --payload '{"asOf": "2024-03-29"}'
              kip enqueue hello --delay 10m --queue slow --priority 5
              kip enqueue sums --after "$(kip enqueue import)" --expires 8h
              kip enqueue mail --concurrency-key recipient/42
              kip enqueue letter --hold
              kip enqueue --from jobs.ndjson
              kip enqueue greeting --payload '{"name": "Lan"}' --encrypt-with keys

            With --from, each line of the file (or of stdin, for -) is an object with “kind” and, as wanted, “payload”, \
            “id”, “queue”, “priority”, “delay”, “at”, “key”, “unique” (forever, untilDone, or a time such as 1h), \
            “keyConflict” (refuse, keepExisting, replacePending, reject), “maxAttempts”, “retry” (10s; 1s,5s,1m; \
            1s*2..1h), “timeout”, “within”, “expires”, “hold” (true), “after” (ids), “onParentFailed” (cancel, continue), \
            “concurrencyKey”, “concurrency”, “onWorkerLost” (retry, quarantine), “redact” (true), “keep”, \
            “ignoreKindOptions” (true).

            A run with --from that breaks off says which lines are stored, and a token: the same lines with --resume TOKEN \
            go on, and none is stored twice. Without it the same file makes new jobs, unless its lines have an “id” or a \
            “key”.

            What is not said here, the workers of the kind say (“kip kinds list” shows it), else it is 20 attempts, no \
            timeout, queue default, priority 0. A priority or a delay of 0 says nothing; with --ignore-kind-options what \
            the workers say does not count.

            Durations are 500ms, 30s, 10m, 2h, 1d, 1h30m; a bare number is seconds.
            """)

    @Argument(help: "The kind of the job.")
    var kind: String?

    @Option(name: .long, help: "The payload, as JSON.")
    var payload: String?
    @Option(name: .long, help: "A file that holds the payload; - is stdin.")
    var payloadFile: String?
    @Option(name: .long, help: "A file of jobs, one JSON object a line; - is stdin.")
    var from: String?
    @Option(name: .long, help: "With --from: the token of a run that broke off.")
    var resume: String?
    @Option(name: .long, help: "Where the job waits.")
    var queue: String?
    @Option(name: .long, parsing: .unconditional, help: "Higher first, -1000 to 1000.")
    var priority: Int?
    @Option(name: .long, help: "Not before this time has passed: 500ms, 30s, 10m, 2h, 1d.")
    var delay: String?
    @Option(
        name: .long,
        help: "Not before this moment: 2024-03-29T07:30:00+07:00, or \"2024-03-29 07:30\" on this machine's clocks.")
    var at: String?
    @Option(name: .long, help: "At most one job for a key.")
    var key: String?
    @Option(name: .long, help: "How long the key stands: forever (default), untilDone, or a time such as 1h.")
    var unique: String?
    @Option(
        name: .long,
        help: "Where another job has the key: refuse (default), keepExisting, replacePending or reject.")
    var onConflict: String?
    @Flag(name: .long, help: "The same as --on-conflict keepExisting.")
    var keepExisting = false
    @Flag(name: .long, help: "Where its worker is lost, let a person decide before it runs again.")
    var quarantineOnLoss = false
    @Option(name: .long, help: "Failures that make it a dead letter.")
    var maxAttempts: Int?
    @Option(name: .long, help: "Waits between attempts: 10s, or 1s,5s,1m, or 1s*2..1h (the default, doubling).")
    var retry: String?
    @Option(name: .long, help: "How long one attempt may take: 30s, 10m.")
    var jobTimeout: String?
    @Option(name: .long, help: "How long the whole job may take, from now: 2h.")
    var within: String?
    @Option(name: .long, help: "Too late to begin after this time: the job expires.")
    var expires: String?
    @Flag(name: .long, help: "A person releases it before it may run (kip jobs release).")
    var hold = false
    @Option(name: .long, help: "Ids of jobs that must end first (or their beginnings), separated by commas.")
    var after: String?
    @Option(name: .long, help: "Where one of them does not end well: cancel (default) or continue.")
    var onParentFailed: String?
    @Option(name: .long, help: "Of all jobs with this key only --concurrency run at once.")
    var concurrencyKey: String?
    @Option(name: .long, help: "With --concurrency-key: so many. Default 1.")
    var concurrency: Int?
    @Flag(name: .long, help: "Wipe the payload when the job has succeeded, was cancelled or is expired.")
    var redact = false
    @Option(name: .long, help: "Keep the job and its result so long after its end: 7d.")
    var keep: String?
    @Flag(name: .long, help: "What the workers of the kind say of its options does not count.")
    var ignoreKindOptions = false
    @Flag(name: .long, help: "Wait until the job has ended; exit code 70 where it did not succeed.")
    var wait = false
    @Flag(name: .long, help: "Print an object for each job.")
    var json = false
    @OptionGroup var sealing: SealingOption
    @OptionGroup var brokerOption: BrokerOption

    func run() async throws {
        let client = try brokerOption.client(middleware: sealing.middleware())
        if let from {
            guard kind == nil else { throw Failure.usage("give a kind or --from, not both") }
            guard try isPlain() else {
                throw Failure.usage("with --from each line says what its job asks for; no other option goes with it")
            }
            return try await BulkEnqueue(
                client: client, json: json, wait: wait, bulk: try resume.map { try BulkRun(token: $0) } ?? BulkRun()
            ).run(from)
        }
        guard resume == nil else { throw Failure.usage("--resume says nothing without --from") }
        guard let kind else { throw Failure.usage("name the kind of the job, or a file with --from") }
        var line = EnqueueLine(kind: kind)
        line.queue = queue
        line.priority = priority
        line.delay = delay
        line.at = at
        line.key = key
        line.maxAttempts = maxAttempts
        line.timeout = jobTimeout
        if keepExisting, onConflict != nil { throw Failure.usage("give --keep-existing or --on-conflict, not both") }
        if keepExisting, key == nil { throw Failure.usage("--keep-existing says nothing without --key") }
        line.keyConflict = keepExisting ? "keepExisting" : onConflict
        line.unique = unique
        line.retry = retry
        line.within = within
        line.expires = expires
        line.hold = hold
        if let after {
            let texts = after.split(separator: ",", omittingEmptySubsequences: false).map(String.init)
            line.after = try await JobIDChoice.resolve(texts, client)
        }
        line.onParentFailed = onParentFailed
        line.concurrencyKey = concurrencyKey
        line.concurrency = concurrency
        line.redact = redact
        line.keep = keep
        line.ignoreKindOptions = ignoreKindOptions
        line.onWorkerLost = quarantineOnLoss ? "quarantine" : nil
        let request = try line.request(payload: try payloadBytes(), as: .options)
        let job: EnqueuedJob
        do throws(KipClientError) {
            job = try await client.enqueue(request)
        } catch {
            throw RefusedLine.alone(error)
        }
        if json { try Terminal.json(job) } else { Terminal.line(job.id.description) }
        if job.isNew { await UnservedWarning.say([UnservedWarning.Lane(of: request)], client) }
        if wait { try await JobsWait.wait([job.id], client, timeout: nil) }
    }

    /// No option says anything of a job.
    private func isPlain() throws -> Bool {
        let texts = [
            payload, payloadFile, queue, delay, at, key, unique, onConflict, retry, jobTimeout, within, expires, after,
            onParentFailed, concurrencyKey, keep,
        ]
        return texts.allSatisfy { $0 == nil } && priority == nil && maxAttempts == nil && concurrency == nil
            && !(keepExisting || quarantineOnLoss || hold || redact || ignoreKindOptions)
    }

    private func payloadBytes() throws -> [UInt8] {
        if payload != nil, payloadFile != nil { throw Failure.usage("give --payload or --payload-file, not both") }
        var bytes = Array((payload ?? "{}").utf8)
        if let payloadFile { bytes = try Input.read(payloadFile) }
        do throws(JSONText.Problem) {
            _ = try JSONText(bytes)
        } catch .notJSON {
            throw Failure.data(
                "the payload is not JSON; quote it for the shell: --payload '{\"asOf\": \"2024-03-29\"}'")
        } catch {
            throw Failure.data("the payload cannot be used: \(error)")
        }
        return bytes
    }
}

/// Where a command reads from.
enum Input {
    /// All bytes of a file; `-` is stdin.
    static func read(_ path: String) throws -> [UInt8] {
        if path == "-" { return [UInt8](FileHandle.standardInput.readDataToEndOfFile()) }
        try checkFile(path)
        guard let data = FileManager.default.contents(atPath: path) else {
            throw Failure.noInput("\(path) cannot be read; does it exist?")
        }
        return [UInt8](data)
    }

    /// The text of a file.
    /// - Throws: `Failure` if it cannot be read, or is not UTF-8: another letter in the place of a broken one would be taken
    ///   for what was meant.
    static func text(_ path: String) throws -> String {
        guard let text = String(validating: try read(path), as: UTF8.self) else {
            throw Failure.data("\(path) is not UTF-8; save it as UTF-8 (iconv converts it)")
        }
        return text
    }

    /// - Throws: `Failure` where the path is that of a directory.
    static func checkFile(_ path: String) throws {
        var isDirectory: ObjCBool = false
        if FileManager.default.fileExists(atPath: path, isDirectory: &isDirectory), isDirectory.boolValue {
            throw Failure.noInput("\(path) is a directory; name a file in it")
        }
    }
}
