import Foundation
import KipClient
import OwnThread
import Testing

/// Who may connect: CURVE with roles, over a real socket.
@Suite(.serialized, .ownThread) struct KeyTests {
    private final class Guarded {
        let house: House
        let broker: Process
        let endpoint: String

        init() throws {
            house = try House()
            let port = Int.random(in: 30_000...60_000)
            endpoint = "tcp://127.0.0.1:\(port)"
            broker = try house.start("broker", "--bind", endpoint, "--bind", house.endpoint, "--curve")
            while try house.kip("workers", "list").code != 0 {}
        }

        deinit { House.end(broker) }

        func key(_ name: String, _ arguments: String...) throws -> String {
            let made = try house.run(House.kip.path, ["keys", "new", name] + arguments)
            #expect(made.code == 0, "\(made.error)")
            return try #require(made.lines.first)
        }

        func kip(_ credentials: String?, _ arguments: String...) throws -> House.Result {
            let with = credentials.map { ["--credentials", $0] } ?? []
            return try house.run(
                House.kip.path, arguments + with + ["--broker", endpoint, "--timeout", "3"])
        }
    }

    @Test("each role may do what is its own, and nothing else")
    func roles() throws {
        let guarded = try Guarded()
        let producer = try guarded.key("desk", "--role", "producer", "--kinds", "hello", "--queues", "default,mail")
        let op = try guarded.key("head", "--role", "operator")
        let worker = try guarded.key("pool", "--role", "worker", "--queues", "mail")
        #expect(try guarded.kip(producer, "enqueue", "hello").code == 0)
        #expect(try guarded.kip(producer, "enqueue", "other").code == 77)
        #expect(try guarded.kip(producer, "enqueue", "hello", "--queue", "slow").code == 77)
        #expect(try guarded.kip(producer, "jobs", "list").code == 77)
        #expect(try guarded.kip(producer, "effects", "list").code == 77)
        #expect(try guarded.kip(op, "jobs", "list").out.contains("hello"))
        #expect(try guarded.kip(worker, "enqueue", "hello").code == 77)
        // A worker of a queue that is not its own is refused, and ends.
        let refused = try guarded.kip(worker, "worker", "--queues", "default")
        #expect(refused.code == 64 || refused.code == 69)
    }

    @Test("without a key, with an unknown one, or with the wrong server's, nobody gets in")
    func strangers() throws {
        let guarded = try Guarded()
        let good = try guarded.key("desk", "--role", "producer")
        let without = try guarded.kip(nil, "enqueue", "hello")
        #expect(without.code == 77 && without.error.contains("without a key"), "\(without.error)")
        let other = try Guarded()
        let stranger = try other.key("stranger", "--role", "operator", "--to", other.house.folder.path + "/s.key")
        let foreign = try guarded.kip(stranger, "enqueue", "hello")
        #expect(foreign.code == 77 && foreign.error.contains("another broker"), "\(foreign.error)")
        // Their key, our server.
        let path = guarded.house.folder.path + "/forged.key"
        let server = try #require(
            String(contentsOfFile: guarded.house.folder.path + "/" + good, encoding: .utf8).split(separator: "\n")
                .first { $0.hasPrefix("server") })
        let theirs = try String(contentsOfFile: stranger, encoding: .utf8).split(separator: "\n")
            .map { $0.hasPrefix("server") ? server : $0 }.joined(separator: "\n")
        try theirs.write(toFile: path, atomically: true, encoding: .utf8)
        chmod(path, 0o600)
        let unknown = try guarded.kip(path, "enqueue", "hello")
        #expect(unknown.code == 77 && unknown.error.contains("this key is not known here"), "\(unknown.error)")
        chmod(path, 0o644)
        let open = try guarded.kip(path, "enqueue", "hello")
        #expect(open.code == 66)
        #expect(open.error.contains("others can read it"))
        #expect(try guarded.house.kip("jobs", "list").error.contains("no job matches"))
    }

    @Test("a revoked key is worth nothing within seconds, also on a connection that is there")
    func revoked() async throws {
        let guarded = try Guarded()
        let path = guarded.house.folder.path + "/" + (try guarded.key("desk", "--role", "producer"))
        let client = try KipClient(endpoint: guarded.endpoint, credentials: path, timeout: .seconds(3))
        try await client.enqueue(JobRequest(kind: "hello", payload: []))
        #expect(try guarded.house.kip("keys", "revoke", "desk").code == 0)
        try await Task.sleep(for: .seconds(2.2))
        await #expect(throws: KipClientError.self) { try await client.enqueue(JobRequest(kind: "hello", payload: [])) }
        #expect(try guarded.kip(path, "enqueue", "hello").code == 77)
        #expect(try guarded.house.kip("audit", "verify").out.contains("2 keys made and revoked"))
    }

    @Test("bytes that were recorded from a good client and are played again change nothing; nor do cut or forged ones")
    func replay() async throws {
        let guarded = try Guarded()
        let key = guarded.house.folder.path + "/" + (try guarded.key("desk", "--role", "producer"))
        let recorder = try Recorder(to: guarded.endpoint)
        let client = try KipClient(endpoint: recorder.endpoint, credentials: key, timeout: .seconds(5))
        try await client.enqueue(JobRequest(kind: "hello", payload: Array("secret words".utf8)))
        let said = recorder.recorded
        #expect(said.count > 300)
        #expect(!said.containsSequence(Array("secret words".utf8)) && !said.containsSequence(Array("hello".utf8)))
        var forged = said
        for index in forged.indices.suffix(60) { forged[index] ^= 0x5A }
        for attempt in [said, Array(said.prefix(said.count / 2)), Array(said.prefix(64)), forged] {
            recorder.play(attempt)
        }
        try await Task.sleep(for: .milliseconds(500))
        let jobs = try guarded.house.kip("jobs", "list", "--json").lines
        #expect(jobs.count == 1)
        #expect(try guarded.kip(key, "enqueue", "hello").code == 0)
    }

    @Test("payload keys: the newest seals, a name is taken once, what others can read is refused; no secret is shown")
    func payloadKeys() throws {
        let house = try House()
        let keys = { (arguments: String...) in try house.run(House.kip.path, ["keys", "payload"] + arguments) }
        #expect(try keys("list", "--folder", "safe").code == 65)
        let file = try #require(try keys("new", "first", "--folder", "safe").lines.first)
        #expect(try keys("new", "first", "--folder", "safe").code == 65)
        #expect(try keys("new", "--folder", "safe").code == 0)
        let listed = try keys("list", "--folder", "safe", "--json")
        #expect(listed.lines.count == 2)
        #expect(listed.lines.last?.contains(#""name":"first""#) == true)
        #expect(listed.lines.map { $0.contains(#""seals":true"#) } == [true, false])
        let path = house.folder.path + "/" + file
        let secret = try #require(try String(contentsOfFile: path, encoding: .utf8).split(separator: "\n").first)
        #expect(!listed.out.contains(secret.dropFirst(9)))
        chmod(path, 0o644)
        let open = try keys("list", "--folder", "safe")
        #expect(open.code == 65 && open.error.contains("others can read"))
    }

    @Test("a payload that is encrypted before it leaves is read with the keys, and with nothing else")
    func encrypted() throws {
        let house = try House()
        let broker = try house.start("broker")
        defer { House.end(broker) }
        #expect(try house.kip("keys", "payload", "new", "first", "--folder", "safe").code == 0)
        let payload = #"{"name":"Lan"}"#
        let made = try house.kip("enqueue", "greeting", "--payload", payload, "--encrypt-with", "safe")
        let id = try #require(made.lines.first, "\(made.error)")
        #expect(try house.kip("jobs", "show", id).out.contains("payload     (encrypted with the key “first”)"))
        #expect(try house.kip("jobs", "show", id, "--decrypt-with", "safe").out.contains("payload     \(payload)"))
        let line = #"{"kind": "greeting", "payload": {"name": "Lan"}}"# + "\n"
        let bulk = try house.run(
            "env", ["KIP_PAYLOAD_KEYS=safe", House.kip.path, "enqueue", "--from", "-"], input: line)
        let other = try #require(bulk.lines.first, "\(bulk.error)")
        #expect(try house.kip("jobs", "show", other).out.contains("(encrypted with the key “first”)"))
        // What was never encrypted is shown as it is, keys or not.
        let clear = try #require(try house.kip("enqueue", "greeting", "--payload", payload).lines.first)
        #expect(try house.kip("jobs", "show", clear, "--decrypt-with", "safe").out.contains(payload))
        let nothing = try house.kip("enqueue", "greeting", "--encrypt-with", "nowhere")
        #expect(nothing.code == 65 && nothing.error.contains("nowhere"), "\(nothing)")
    }

    @Test("secrets stand in no argument, no log and no error; files and folders are their owner's alone")
    func secrets() throws {
        let guarded = try Guarded()
        let key = try guarded.key("desk", "--role", "operator")
        let file = guarded.house.folder.path + "/" + key
        let text = try String(contentsOfFile: file, encoding: .utf8)
        let secret = try #require(text.split(separator: "\n").first { $0.hasPrefix("secret") }).dropFirst(9)
        let said = try guarded.kip(key, "jobs", "list")
        #expect(!(said.out + said.error).contains(secret))
        let arguments = try guarded.house.run("ps", ["axww", "-o", "args"]).out
        #expect(!arguments.contains(secret))
        for log in try FileManager.default.contentsOfDirectory(atPath: guarded.house.folder.path)
        where log.hasPrefix("log-") {
            let path = guarded.house.folder.path + "/" + log
            #expect(!(try String(contentsOfFile: path, encoding: .utf8)).contains(secret))
        }
        let data = guarded.house.folder.path + "/data"
        for (path, mode) in [
            (file, 0o600), (data, 0o700), (data + "/kip.db", 0o600), (data + "/keys", 0o700),
            (data + "/keys/broker.secret", 0o600), (guarded.house.folder.path + "/kip", 0o600),
        ] {
            let found = try FileManager.default.attributesOfItem(atPath: path)[.posixPermissions] as? Int
            #expect(found == mode, "\(path)")
        }
    }
}

/// Stands between a client and a broker, and remembers what the client said.
private final class Recorder: @unchecked Sendable {
    // @unchecked Sendable: what is shared stands behind the lock.
    private let lock = NSLock()
    private var bytes: [UInt8] = []
    private let listener: Int32
    private let port: UInt16
    let endpoint: String

    var recorded: [UInt8] { lock.withLock { bytes } }

    init(to target: String) throws {
        port = try #require(UInt16(target.split(separator: ":").last ?? ""))
        let listener = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
        self.listener = listener
        var address = Self.loopback(0)
        var size = socklen_t(MemoryLayout<sockaddr_in>.size)
        withUnsafeMutablePointer(to: &address) {
            $0.withMemoryRebound(to: sockaddr.self, capacity: 1) { pointer in
                _ = bind(listener, pointer, size)
                listen(listener, 8)
                getsockname(listener, pointer, &size)
            }
        }
        endpoint = "tcp://127.0.0.1:\(UInt16(bigEndian: address.sin_port))"
        Thread.detachNewThread { [self] in
            let client = accept(listener, nil, nil)
            let server = connect()
            Thread.detachNewThread { Self.pump(server, client) { _ in } }
            Self.pump(client, server) { piece in self.lock.withLock { self.bytes += piece } }
        }
    }

    deinit { close(listener) }

    /// Says bytes to the broker on a connection of their own.
    func play(_ bytes: [UInt8]) {
        let server = connect()
        _ = send(server, bytes, bytes.count, Int32(MSG_NOSIGNAL))
        usleep(200_000)
        close(server)
    }

    private func connect() -> Int32 {
        let connection = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
        var address = Self.loopback(port)
        withUnsafePointer(to: &address) {
            $0.withMemoryRebound(to: sockaddr.self, capacity: 1) { pointer in
                _ = Glibc.connect(connection, pointer, socklen_t(MemoryLayout<sockaddr_in>.size))
            }
        }
        return connection
    }

    private static func loopback(_ port: UInt16) -> sockaddr_in {
        var address = sockaddr_in()
        address.sin_family = sa_family_t(AF_INET)
        address.sin_port = port.bigEndian
        address.sin_addr.s_addr = UInt32(0x7F00_0001).bigEndian
        return address
    }

    private static func pump(_ from: Int32, _ to: Int32, _ note: ([UInt8]) -> Void) {
        var buffer = [UInt8](repeating: 0, count: 65_536)
        while true {
            let count = recv(from, &buffer, buffer.count, 0)
            guard count > 0 else { break }
            note(Array(buffer.prefix(count)))
            guard send(to, buffer, count, Int32(MSG_NOSIGNAL)) == count else { break }
        }
        shutdown(to, Int32(SHUT_RDWR))
    }
}

extension [UInt8] {
    func containsSequence(_ other: [UInt8]) -> Bool {
        guard count >= other.count else { return false }
        return (0...(count - other.count)).contains { Array(self[$0..<($0 + other.count)]) == other }
    }
}
