import Foundation
import KipClient
import KipCore
import OwnThread
import Testing

@Suite(.serialized, .ownThread) struct EnqueueTests {
    private static let hasPyzmq: Bool = {
        let process = Process()
        process.executableURL = URL(fileURLWithPath: "/usr/bin/python3")
        process.arguments = ["-c", "import zmq"]
        process.standardError = FileHandle.nullDevice
        guard (try? process.run()) != nil else { return false }
        process.waitUntilExit()
        return process.terminationStatus == 0
    }()

    private func example(_ name: String) -> String {
        House.root.appendingPathComponent("scripts/examples/\(name)").path
    }

    @Test("all jobs of a state and a kind are woken at once, and no others")
    func retryByFilter() throws {
        let house = try House()
        let broker = try house.start("broker")
        defer { House.end(broker) }
        var ids: [String] = []
        for kind in ["letter", "letter", "letter", "notice"] { ids += try house.kip("enqueue", kind).lines }
        #expect(ids.count == 4)
        #expect(try house.run(House.kip.path, ["jobs", "cancel"] + ids).code == 0)
        let woken = try house.kip("jobs", "retry", "--state", "cancelled", "--kind", "letter")
        #expect(woken.code == 0, "\(woken.error)")
        #expect(Set(woken.lines) == Set(ids.prefix(3)))
        #expect(try house.kip("jobs", "list", "--state", "cancelled", "--json").lines.count == 1)
        #expect(try house.kip("jobs", "retry", "--state", "succeeded").code == 64)
        #expect(try house.kip("jobs", "retry", "--kind", "letter").code == 64)
    }

    @Test("a Bash script enqueues, and the same key gives the same job")
    func bash() throws {
        let house = try House()
        let broker = try house.start("broker")
        defer { House.end(broker) }
        let first = try house.run("bash", [example("enqueue.sh"), "2024-03-29"])
        let second = try house.run("bash", [example("enqueue.sh"), "2024-03-29"])
        #expect(first.code == 0, "\(first.error)")
        #expect(first.lines.count == 1)
        #expect(first.out == second.out)
    }

    @Test(
        "a Python script enqueues over REQ and JSON, and a Python worker runs it over DEALER and JSON",
        .enabled(if: hasPyzmq, "python3-zmq is not installed"))
    func python() throws {
        let house = try House()
        let broker = try house.start("broker")
        let worker = try house.start(example("worker.py"), program: URL(fileURLWithPath: "/usr/bin/python3"))
        defer { House.end(worker, broker) }
        let enqueued = try house.run("/usr/bin/python3", [example("enqueue.py"), "hello-python", #"{"name": "Lan"}"#])
        #expect(enqueued.code == 0, "\(enqueued.error)")
        let id = try #require(enqueued.lines.first?.split(separator: " ").first.map(String.init))
        #expect(try house.kip("jobs", "wait", id, "--for", "20s").code == 0)
        let shown = try house.kip("jobs", "show", id, "--json").out
        #expect(shown.contains("Xin chào Lan"))
    }

    @Test(
        "a job of three leases and more runs once in the Python worker, which says all the time that it lives",
        .enabled(if: hasPyzmq, "python3-zmq is not installed"))
    func longInPython() throws {
        let house = try House()
        let broker = try house.start("broker", "--lease", "1")
        let worker = try house.start(example("worker.py"), program: URL(fileURLWithPath: "/usr/bin/python3"))
        let other = try house.start(example("worker.py"), program: URL(fileURLWithPath: "/usr/bin/python3"))
        defer { House.end(worker, other, broker) }
        let payload = #"{"name": "Lan", "seconds": 3.5}"#
        let id = try #require(try house.kip("enqueue", "hello-python", "--payload", payload).lines.first)
        #expect(try house.kip("jobs", "wait", id, "--for", "240s").code == 0)
        let shown = try house.kip("jobs", "show", id, "--json").out
        #expect(shown.contains("Xin chào Lan"))
        #expect(shown.contains(#""attempt":1,"#) && shown.contains(#""losses":0,"#), "\(shown)")
        // It drains like any other.
        House.end(worker, other)
        #expect(worker.terminationStatus == 0)
    }

    @Test("Swift enqueues, and a stream of NDJSON goes in whole")
    func swiftAndBulk() async throws {
        let house = try House()
        let broker = try house.start("broker")
        let worker = try house.start("worker", "--concurrency", "16")
        defer { House.end(worker, broker) }
        let client = try KipClient(endpoint: house.endpoint)
        let job = try await client.enqueue(JobRequest(kind: "kip-bench", payload: Array("{}".utf8)))
        try await client.wait([job.id], timeout: .seconds(200))
        let lines = (0..<2_500).map { #"{"kind": "kip-bench", "payload": {"padding": "\#($0)"}}"# }
        let bulk = try house.kip("enqueue", "--from", "-", "--wait", input: lines.joined(separator: "\n"))
        #expect(bulk.code == 0, "\(bulk.error)")
        #expect(Set(bulk.lines).count == 2_500)
        // Of a run in several messages its token is told before the second is sent.
        #expect(bulk.error.split(separator: "\n").count == 1)
        #expect(bulk.error.contains("--resume"))
        let broken = try house.kip("enqueue", "--from", "-", input: "{\"kind\": \"k\"}\n{\"payload\": 1}\n")
        #expect(broken.code == 65)
        #expect(broken.error.contains("line 2: “kind” is missing"))
    }

    @Test(
        "garbage on the socket is answered or dropped, and the broker goes on",
        .enabled(if: hasPyzmq, "python3-zmq is not installed"))
    func garbage() throws {
        let house = try House()
        let broker = try house.start("broker")
        defer { House.end(broker) }
        let script = """
            import os, random, sys, zmq
            random.seed(7)
            context = zmq.Context()
            dealer = context.socket(zmq.DEALER); dealer.linger = 2000; dealer.connect(os.environ["KIP_BROKER"])
            for _ in range(3000):
                dealer.send_multipart([random.choice([b"", b"KIP/1", b"KIP/1+json", b"x"])] +
                    [random.randbytes(random.randrange(60)) for _ in range(random.randrange(6))])
            ask = context.socket(zmq.REQ); ask.rcvtimeo = 10000; ask.connect(os.environ["KIP_BROKER"])
            ask.send_multipart([b"KIP/1+json", b"{nonsense"])
            print(ask.recv_multipart()[1].decode())
            ask.send_multipart([b"KIP/1+json", b'{"ping": {}}'])
            print(ask.recv_multipart()[1].decode())
            """
        let result = try house.run("/usr/bin/python3", ["-c", script])
        #expect(result.code == 0, "\(result.error)")
        #expect(result.lines.first?.contains("malformed") == true)
        #expect(result.lines.last?.contains("pong") == true)
    }
}
