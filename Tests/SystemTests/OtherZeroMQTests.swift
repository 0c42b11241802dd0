import Foundation
import OwnThread
import Testing

/// Peers that are no libzmq of our own.
@Suite(.serialized, .ownThread) struct OtherZeroMQTests {
    static let jar = "/usr/share/java/jeromq.jar"
    static let hasJeroMQ =
        FileManager.default.fileExists(atPath: jar) && FileManager.default.isExecutableFile(atPath: "/usr/bin/java")

    /// Whether a connection that was asked for a pong gets it, in Python.
    private static let answers = """
        def answers(connection):
            connection.settimeout(5)
            heard = b""
            while b"pong" not in heard:
                piece = connection.recv(4096)
                if not piece:
                    break
                heard += piece
            return b"pong" in heard


        """

    private func tcp() -> String { "tcp://127.0.0.1:\(Int.random(in: 30_000...60_000))" }

    @Test(
        "JeroMQ 0.3.6, which speaks ZMTP 2.0 without libzmq, keeps its connection: it asks for 15 s, the last time for all of 6 s",
        .enabled(if: hasJeroMQ, "libjeromq-java and a Java runtime are not installed"))
    func jeroMQ() throws {
        let house = try House()
        let endpoint = tcp()
        let broker = try house.start("broker", "--bind", endpoint, "--bind", house.endpoint)
        defer { House.end(broker) }
        while try house.kip("workers", "list").code != 0 {}
        try """
        import org.zeromq.ZMQ;

        public class Ask {
            public static void main(String[] arguments) throws Exception {
                ZMQ.Context context = ZMQ.context(1);
                ZMQ.Socket socket = context.socket(ZMQ.REQ);
                socket.setReceiveTimeOut(5000);
                socket.setLinger(0);
                // A connection that is lost is not made again: an answer that does not come is seen.
                socket.setReconnectIVL(60000);
                socket.connect(arguments[0]);
                long[] pauses = {0, 1000, 4500, 3500, 6000};
                for (long pause : pauses) {
                    Thread.sleep(pause);
                    socket.sendMore("KIP/1+json");
                    socket.send("{\\"ping\\": {}}");
                    socket.recvStr();
                    String answer = socket.recvStr();
                    System.out.println(answer != null && answer.contains("pong") ? "pong" : "nothing: " + answer);
                    if (answer == null) return;
                }
            }
        }
        """.write(toFile: house.folder.path + "/Ask.java", atomically: false, encoding: .utf8)
        let result = try house.run("java", ["-cp", Self.jar, "Ask.java", endpoint])
        #expect(result.lines == Array(repeating: "pong", count: 5), "\(result.out)\(result.error)")
    }

    @Test(
        "at an endpoint with CURVE a peer of ZMTP 2.0 is not served, and its connection is closed at once",
        .enabled(if: hasJeroMQ, "libjeromq-java and a Java runtime are not installed"))
    func oldPeerWithCURVE() throws {
        let house = try House()
        let endpoint = tcp()
        let broker = try house.start("broker", "--curve", "--bind", endpoint, "--bind", house.endpoint)
        defer { House.end(broker) }
        while try house.kip("workers", "list").code != 0 {}
        try """
        import org.zeromq.ZMQ;

        public class Knock {
            public static void main(String[] arguments) throws Exception {
                ZMQ.Context context = ZMQ.context(1);
                ZMQ.Socket socket = context.socket(ZMQ.REQ);
                socket.setLinger(0);
                socket.setReceiveTimeOut(1);
                socket.setReconnectIVL(60000);
                socket.monitor("inproc://events", ZMQ.EVENT_CONNECTED | ZMQ.EVENT_DISCONNECTED);
                ZMQ.Socket events = context.socket(ZMQ.PAIR);
                events.setReceiveTimeOut(20000);
                events.connect("inproc://events");
                socket.connect(arguments[0]);
                socket.sendMore("KIP/1+json");
                socket.send("{\\"ping\\": {}}");
                long connected = 0;
                while (true) {
                    ZMQ.Event event = ZMQ.Event.recv(events);
                    if (event == null) { System.out.println("still there"); break; }
                    if (event.getEvent() == ZMQ.EVENT_CONNECTED) { connected = System.nanoTime(); continue; }
                    long milliseconds = (System.nanoTime() - connected) / 1000000;
                    System.out.println(connected > 0 && milliseconds < 2500 ? "closed" : "after " + milliseconds + " ms");
                    break;
                }
                System.out.println(socket.recvStr() == null ? "nothing" : "an answer");
                System.exit(0);
            }
        }
        """.write(toFile: house.folder.path + "/Knock.java", atomically: false, encoding: .utf8)
        let result = try house.run("java", ["-cp", Self.jar, "Knock.java", endpoint])
        #expect(result.lines == ["closed", "nothing"], "\(result.out)\(result.error)")
        // Nor by hand, byte by byte: greeting and identity as a DEALER of ZMTP 2.0 has them (rfc.zeromq.org/spec/15).
        let script = """
            import socket, sys, time
            host, port = sys.argv[1][6:].split(":")
            connection, begin = socket.create_connection((host, int(port)), 5), time.monotonic()
            connection.settimeout(20)
            connection.sendall(b"\\xff" + bytes(7) + b"\\x01\\x7f" + b"\\x01\\x05" + b"\\x00\\x00")
            try:
                while connection.recv(4096):
                    pass
            except ConnectionError:
                pass
            print("closed" if time.monotonic() - begin < 2.5 else time.monotonic() - begin)
            """
        #expect(try house.run("/usr/bin/python3", ["-c", script, endpoint]).lines == ["closed"])
        #expect(try house.kip("workers", "list").code == 0)
    }

    @Test("half-open connections cost a descriptor for seconds, not for ever; those that have greeted stay")
    func halfOpen() async throws {
        let house = try House()
        let endpoint = tcp()
        let broker = try house.start("broker", "--bind", endpoint, "--bind", house.endpoint)
        defer { House.end(broker) }
        while try house.kip("workers", "list").code != 0 {}
        func descriptors() throws -> Int {
            try FileManager.default.contentsOfDirectory(atPath: "/proc/\(broker.processIdentifier)/fd").count
        }
        let before = try descriptors()
        let script = """
            import os, socket, sys, time, zmq
            host, port = sys.argv[1][6:].split(":")
            def raw(sent):
                connection = socket.create_connection((host, int(port)), 5)
                connection.sendall(sent)
                return connection
            # A greeting of ZMTP 2.0 (rfc.zeromq.org/spec/15) and an empty identity, as a DEALER; then nothing at all.
            quiet = raw(b"\\xff" + bytes(7) + b"\\x01\\x7f" + b"\\x01\\x05" + b"\\x00\\x00")
            crowd = [raw(b"") for _ in range(60)] + [raw(b"\\xff" + bytes(7)) for _ in range(60)]
            time.sleep(2)
            print("there", flush=True)
            def is_closed(connection):
                connection.settimeout(0.05)
                try:
                    while connection.recv(4096):
                        pass
                    return True
                except TimeoutError:
                    return False
                except OSError:
                    return True
            end = time.monotonic() + 30
            while time.monotonic() < end and crowd:
                crowd = [connection for connection in crowd if not is_closed(connection)]
            # The quiet one asks now, in frames of ZMTP 2.0.
            quiet.sendall(b"\\x01\\x0aKIP/1+json" + b"\\x00\\x0c" + b'{"ping": {}}')
            print(len(crowd), answers(quiet))
            """
        let result = try house.run("/usr/bin/python3", ["-c", Self.answers + script, endpoint])
        #expect(result.lines == ["there", "0 True"], "\(result.out)\(result.error)")
        #expect(try await until { try descriptors() <= before + 1 })
    }

    @Test("a TCP peer that takes none of its answers loses its connection; one that is only quiet keeps it")
    func deaf() throws {
        let house = try House()
        let endpoint = tcp()
        let broker = try house.start("broker", "--bind", endpoint, "--bind", house.endpoint)
        defer { House.end(broker) }
        while try house.kip("workers", "list").code != 0 {}
        let script = """
            import os, socket, sys, time
            host, port = sys.argv[1][6:].split(":")
            def peer(room):
                # ZMTP 3.0 (rfc.zeromq.org/spec/23), without security, as a DEALER.
                connection = socket.socket()
                if room:
                    connection.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, room)
                connection.connect((host, int(port)))
                connection.sendall(b"\\xff" + bytes(8) + b"\\x7f\\x03\\x00" + b"NULL".ljust(20, b"\\0") + bytes(32))
                ready = b"\\x05READY\\x0bSocket-Type\\x00\\x00\\x00\\x06DEALER"
                connection.sendall(b"\\x04" + bytes([len(ready)]) + ready)
                # Nobody may speak before both sides are ready.
                heard = b""
                while b"ROUTER" not in heard:
                    heard += connection.recv(256)
                return connection
            ping = b"\\x01\\x0aKIP/1+json" + b"\\x00\\x0c" + b'{"ping": {}}'
            quiet, deaf = peer(0), peer(4096)
            deaf.settimeout(5)
            try:
                deaf.sendall(ping * 100000)
            except OSError:
                pass
            # TCP gives up without a word to the other side: what the broker has open tells.
            def open_files():
                return len(os.listdir("/proc/" + sys.argv[2] + "/fd"))
            with_both, begin = open_files(), time.monotonic()
            while open_files() >= with_both and time.monotonic() - begin < 60:
                time.sleep(0.2)
            took = time.monotonic() - begin
            print("ended" if 8 < took < 60 else took)
            quiet.sendall(ping)
            print(answers(quiet))
            """
        let result = try house.run(
            "/usr/bin/python3", ["-c", Self.answers + script, endpoint, "\(broker.processIdentifier)"])
        #expect(result.lines == ["ended", "True"], "\(result.out)\(result.error)")
    }

    private static let hasNaCl: Bool = {
        let process = Process()
        process.executableURL = URL(fileURLWithPath: "/usr/bin/python3")
        process.arguments = ["-c", "import nacl"]
        process.standardError = FileHandle.nullDevice
        return (try? process.run()) != nil
            && {
                process.waitUntilExit(); return process.terminationStatus == 0
            }()
    }()

    /// A DEALER of ZMTP 3.0 with CURVE (rfc.zeromq.org/spec/26), written by the standard, with libsodium and without libzmq.
    private static let curvePeer = """
        import os, socket, struct, sys
        from nacl.public import Box, PrivateKey, PublicKey

        DIGITS = "0123456789abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ.-:+=^!/*?&<>()[]{}@%$#"
        def z85(text):
            groups = [text[at:at + 5] for at in range(0, len(text), 5)]
            return b"".join(struct.pack(">I", sum(DIGITS.index(c) * 85 ** (4 - n) for n, c in enumerate(g))) for g in groups)
        key = dict(line.split(" = ") for line in open(sys.argv[2]).read().splitlines() if " = " in line)
        server, own = PublicKey(z85(key["server"])), PrivateKey(z85(key["secret"]))
        host, port = sys.argv[1][6:].split(":")
        stream = socket.create_connection((host, int(port)), 10)
        def read(count):
            data = b""
            while len(data) < count:
                piece = stream.recv(count - len(data))
                if not piece:
                    sys.exit("the broker ended the connection")
                data += piece
            return data
        def send(body, command=True):
            stream.sendall((b"\\x06" if command else b"\\x02") + struct.pack(">Q", len(body)) + body)
        def receive():
            flags = read(1)[0]
            return read(struct.unpack(">Q", read(8))[0] if flags & 2 else read(1)[0])
        stream.sendall(b"\\xff" + bytes(8) + b"\\x7f\\x03\\x00" + b"CURVE".ljust(20, b"\\0") + b"\\0" + bytes(31))
        read(64)
        short = PrivateKey.generate()
        number = 0
        def nonce(prefix):
            global number
            number += 1
            return struct.pack(">Q", number), prefix + struct.pack(">Q", number)
        tail, whole = nonce(b"CurveZMQHELLO---")
        hello = Box(short, server).encrypt(bytes(64), whole).ciphertext
        send(b"\\x05HELLO\\x01\\x00" + bytes(72) + bytes(short.public_key) + tail + hello)
        welcome = receive()
        assert welcome[:8] == b"\\x07WELCOME", welcome
        plain = Box(short, server).decrypt(welcome[24:], b"WELCOME-" + welcome[8:24])
        peer, cookie = PublicKey(plain[:32]), plain[32:]
        tail16 = os.urandom(16)
        vouch = Box(own, peer).encrypt(bytes(short.public_key) + bytes(server), b"VOUCH---" + tail16).ciphertext
        metadata = b"\\x0bSocket-Type" + struct.pack(">I", 6) + b"DEALER"
        tail, whole = nonce(b"CurveZMQINITIATE")
        box = Box(short, peer)
        send(b"\\x08INITIATE" + cookie + tail + box.encrypt(bytes(own.public_key) + tail16 + vouch + metadata, whole).ciphertext)
        ready = receive()
        assert ready[:6] == b"\\x05READY", ready
        def say(*frames):
            for place, frame in enumerate(frames):
                tail, whole = nonce(b"CurveZMQMESSAGEC")
                flags = b"\\x01" if place + 1 < len(frames) else b"\\x00"
                send(b"\\x07MESSAGE" + tail + box.encrypt(flags + frame, whole).ciphertext, command=False)
        def hear():
            frames = []
            while True:
                message = receive()
                plain = box.decrypt(message[16:], b"CurveZMQMESSAGES" + message[8:16])
                if plain[0] & 2:
                    continue
                frames.append(plain[1:])
                if not plain[0] & 1:
                    return frames
        say(b"KIP/1+json", b'{"enqueue": {"jobs": [{"kind": "greeting"}]}}', b'{"name": "Lan"}')
        print(hear()[1].decode())
        """

    @Test(
        "a peer with CURVE that is no libzmq is served by its key, and one whose key was revoked is not let in",
        .enabled(if: hasNaCl, "python3-nacl is not installed"))
    func curve() async throws {
        let house = try House()
        let endpoint = tcp()
        let broker = try house.start("broker", "--curve", "--bind", endpoint, "--bind", house.endpoint)
        defer { House.end(broker) }
        while try house.kip("workers", "list").code != 0 {}
        let made = try house.kip("keys", "new", "desk", "--role", "producer", "--kinds", "greeting", "--to", "desk.key")
        #expect(made.code == 0, "\(made.error)")
        let peer = house.folder.path + "/peer.py"
        try Self.curvePeer.write(toFile: peer, atomically: false, encoding: .utf8)
        func ask() throws -> House.Result { try house.run("/usr/bin/python3", [peer, endpoint, "desk.key"]) }
        var answer = try ask()
        // The broker reads its keys once a second.
        #expect(
            try await until {
                answer = try ask()
                return answer.code == 0
            }, "\(answer.error)")
        #expect(answer.out.contains(#""outcome":"CREATED""#), "\(answer.out)")
        #expect(try house.kip("keys", "revoke", "desk").code == 0)
        #expect(try await until { try ask().code != 0 })
    }
}
