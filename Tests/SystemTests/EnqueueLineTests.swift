import Foundation
import Testing

@testable import kip

/// What may be said of a job, and what is refused, under which name.
@Suite struct EnqueueLineTests {
    /// The refusal of a line; nil = it is taken.
    private func refusal(line: String) throws -> Failure? {
        do {
            _ = try EnqueueLine.request(Data(line.utf8), 3)
            return nil
        } catch let failure as Failure {
            return failure
        }
    }

    /// The refusal of the same as options.
    private func refusal(options line: String) throws -> Failure? {
        let said = try JSONDecoder().decode(EnqueueLine.self, from: Data(line.utf8))
        do {
            _ = try said.request(payload: [], as: .options)
            return nil
        } catch let failure as Failure {
            return failure
        }
    }

    /// What is said beside the kind, what the line is told, and what the options are told.
    static let nonsense: [(String, String, String)] = [
        (#""key": "k", "unique": "0s""#, "“unique” is “0s”", "--unique is “0s”"),
        (#""at": "2026-02-31T00:00:00+07:00""#, "“at” is “2026-02-31", "--at is “2026-02-31"),
        (#""at": "2026-03-01T10:75:00Z""#, "“at” is “2026-03-01T10:75", "--at is “2026-03-01T10:75"),
        (#""key": "k", "unique": "untildone""#, "neither forever nor untilDone", "--unique is “untildone”, neither"),
        (#""delay": "99999d""#, "“delay” is “99999d”; ten years", "--delay is “99999d”; ten years"),
        (#""unique": "1h""#, "“unique” says nothing without “key”", "--unique says nothing without --key"),
        (#""retry": "1s,,5s""#, "“retry” is “1s,,5s”, with a wait that is empty", "--retry is “1s,,5s”"),
        (#""retry": "1s,""#, "with a wait that is empty", "--retry is “1s,”"),
        (#""retry": "1s*2..1ms""#, "the longest wait is shorter than the first", "--retry is “1s*2..1ms”"),
        (#""retry": "0s*2..1h""#, "“retry” is “0s”", "--retry is “0s”"),
        (#""retry": "60d""#, "the longest is 30d", "--retry has the wait “60d”"),
        (#""retry": "often""#, "“retry” is “often”, not a duration", "--retry is “often”, not a duration"),
        (
            #""delay": "2h", "expires": "1h""#, "could never begin: when “delay”",
            "when --delay lets it, --expires is over"
        ),
        (#""delay": "1h", "within": "1h""#, "“within” is over", "--within is over"),
        (
            #""at": "2999-01-01T00:00:00Z", "expires": "1h""#, "when “at” lets it",
            "when --at lets it, --expires is over"
        ),
        (
            #""delay": "1s", "at": "2024-03-29T07:30:00Z""#, "give “delay” or “at”, not both",
            "give --delay or --at, not both"
        ),
        (
            #""keyConflict": "reject""#, "“keyConflict” says nothing without “key”",
            "--on-conflict says nothing without --key"
        ),
        (#""key": "k", "keyConflict": "fight""#, "“keyConflict” is “fight”", "--on-conflict is “fight”"),
        (#""onParentFailed": "continue""#, "without “after”", "--on-parent-failed says nothing without --after"),
        (#""concurrency": 2"#, "“concurrency” says nothing without “concurrencyKey”", "without --concurrency-key"),
        (#""concurrencyKey": "x", "concurrency": 0"#, "“concurrency” must be from 1", "--concurrency must be from 1"),
        (
            #""priority": 1001"#, "“priority” must be from -1000 to 1000",
            "--priority must be from -1000 to 1000, not 1001"
        ),
        (#""maxAttempts": 0"#, "“maxAttempts” must be from 1", "--max-attempts must be from 1"),
        (#""keep": "0s""#, "“keep” is “0s”, which is no time", "--keep is “0s”"),
        (#""timeout": "0s""#, "“timeout” is “0s”, which is no time", "--job-timeout is “0s”"),
        (#""expires": "0s""#, "“expires” is “0s”, which is no time", "--expires is “0s”"),
        (#""within": "0.1ms""#, "“within” is “0.1ms”, which is no time", "--within is “0.1ms”"),
        (#""onWorkerLost": "weep""#, "“onWorkerLost” is “weep”", "--quarantine-on-loss"),
        (#""key": """#, "“key” is empty", "--key is empty"),
        (#""queue": """#, "“queue” is empty", "--queue is empty"),
    ]

    @Test("nonsense is refused by the name that it was said under", arguments: nonsense)
    func refused(said: String, line: String, options: String) throws {
        let whole = #"{"kind": "hello", \#(said)}"#
        let inLine = try #require(try refusal(line: whole))
        #expect(inLine.code == 65)
        #expect(inLine.message.hasPrefix("line 3: ") && inLine.message.contains(line), "\(inLine.message)")
        let asOptions = try #require(try refusal(options: whole))
        #expect(asOptions.code == 64)
        #expect(asOptions.message.contains(options), "\(asOptions.message)")
    }

    @Test(
        "what makes sense is taken",
        arguments: [
            #"{"kind": "hello"}"#, #"{"kind": "hello", "keyConflict": "refuse"}"#,
            #"{"kind": "hello", "delay": "0s", "expires": "1h"}"#, #"{"kind": "hello", "retry": "0s"}"#,
            #"{"kind": "hello", "delay": "1h", "expires": "2h", "within": "1d"}"#,
            #"{"kind": "hello", "retry": "1s*2..1s"}"#, #"{"kind": "hello", "retry": "10s"}"#,
            #"{"kind": "hello", "key": "k", "unique": "1h", "keyConflict": "replacePending"}"#,
            #"{"kind": "hello", "at": "2024-03-29T07:30:00+07:00", "expires": "1h", "payload": null}"#,
        ])
    func taken(line: String) throws {
        #expect(try refusal(line: line) == nil)
        #expect(try refusal(options: line) == nil)
    }

    @Test(
        "a field of a wrong type is named, with what is expected",
        arguments: [
            (#"{"kind": 5}"#, "line 3: “kind” must be a text"),
            (#"{"kind": "k", "priority": "high"}"#, "line 3: “priority” must be a whole number"),
            (#"{"kind": "k", "priority": 2.5}"#, "line 3: “priority” must be a whole number"),
            (#"{"kind": "k", "hold": "yes"}"#, "line 3: “hold” must be true or false"),
            (#"{"kind": "k", "delay": 10}"#, "line 3: “delay” must be a text such as “10m”"),
            (#"{"kind": "k", "after": ["me"]}"#, "line 3: “after” must be a list of job ids (UUIDs)"),
            (#"{"kind": "k", "after": "me"}"#, "line 3: “after” must be a list of job ids (UUIDs)"),
            (#"{"kind": "k", "id": "me"}"#, "line 3: “id” must be a job id (a UUID)"),
            (#"{"payload": 1}"#, "line 3: “kind” is missing"),
            (#"{"kind": "k", "prioritty": 5}"#, "line 3: “prioritty” is not a field of a job"),
            ("5", "line 3 is not a job, such as"), ("{", "line 3 is not a job, such as"),
        ])
    func types(line: String, message: String) throws {
        let refusal = try #require(try refusal(line: line))
        #expect(refusal.code == 65)
        #expect(refusal.message.hasPrefix(message), "\(refusal.message)")
    }

    @Test("every field is read: one of a wrong type is refused by its name", arguments: JobField.allCases)
    func read(field: JobField) throws {
        if field == .payload { return }
        let line = field == .kind ? #"{"kind": {}}"# : #"{"kind": "k", "\#(field.rawValue)": {}}"#
        let failure = try #require(try refusal(line: line))
        #expect(failure.message.contains("“\(field.rawValue)”"), "\(failure.message)")
    }
}
