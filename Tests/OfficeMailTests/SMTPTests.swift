import Foundation
import OwnThread
import Testing

@testable import OfficeMail

@Suite(.ownThread) struct SMTPTests {
    private let folder: TestFolder
    init() throws { folder = try TestFolder() }

    private func send(
        _ message: MailMessage, to server: SMTPServer, sender: String? = nil
    ) throws -> (bytes: [UInt8], reply: SMTPReply) {
        let bytes = try message.encoded()
        return (bytes, try SMTPTransport(server: server).send(bytes, in: MailEnvelope(message, sender: sender)))
    }

    @Test("what arrives is byte for byte what was sent, for all who are named, once each")
    func plain() throws {
        let server = try MailServer()
        let message = MailMessage.digest(
            to: ["a@quan1.example", "b@quan1.example"], cc: ["c@quan1.example", "a@quan1.example"],
            attachments: [
                MailAttachment(
                    name: "Bảng.pdf", mediaType: "application/pdf",
                    bytes: (0..<200_000).map { UInt8(truncatingIfNeeded: $0 &* 31) })
            ])
        let sent = try send(
            message,
            to: SMTPServer(host: "127.0.0.1", port: server.port, security: .none, localName: "worker.quan1.example"),
            sender: "tra-lai@quan1.example")
        #expect(sent.reply == SMTPReply(code: 250, words: "2.0.0 Ok: queued as 1A2B"))
        let arrived = try server.messages()
        try #require(arrived.count == 1)
        #expect(arrived[0].bytes == sent.bytes)
        #expect(arrived[0].envelope.from == "tra-lai@quan1.example")
        #expect(arrived[0].envelope.to == ["a@quan1.example", "b@quan1.example", "c@quan1.example"])
        #expect(arrived[0].envelope.helo == "worker.quan1.example")
        #expect(!arrived[0].envelope.tls)
    }

    @Test("a server is greeted and logged in to without a message; a wrong password and a closed port are told")
    func greets() throws {
        let certificate = try Certificate(in: folder)
        let server = try MailServer(["user": "nhac-viec", "password": "right"], certificate: certificate)
        func greet(_ password: String, port: Int) throws(MailError) {
            try SMTPTransport(
                server: SMTPServer(
                    host: "localhost", port: port, user: "nhac-viec", password: MailPassword(password),
                    caFile: certificate.path)
            ).greet()
        }
        try greet("right", port: server.port)
        #expect(try server.messages().isEmpty)
        let refused = #expect(throws: MailError.self) { try greet("wrong", port: server.port) }
        #expect(refused?.description.contains("login") == true, "\(String(describing: refused))")
        let closed = #expect(throws: MailError.self) { try greet("right", port: 1) }
        #expect(closed?.isTemporary == true)
    }

    @Test(
        "lines that begin with a dot arrive as they are",
        arguments: [".\r\n", "..\r\n", "\r\n.\r\n", "S: x\r\n\r\n.\r\n.x\r\n..\r\nMAIL FROM:<x@y.example>\r\n", "\r\n"])
    func dots(text: String) throws {
        let server = try MailServer()
        _ = try SMTPTransport(server: SMTPServer(host: "127.0.0.1", port: server.port, security: .none)).send(
            Array(text.utf8), in: MailEnvelope(sender: "a@b.example", recipients: ["c@d.example"]))
        #expect(try server.messages().map(\.bytes) == [Array(text.utf8)])
    }

    @Test("by STARTTLS with a login", arguments: [["PLAIN"], ["LOGIN"]])
    func startTLS(without: [String]) throws {
        let certificate = try Certificate(in: folder)
        let server = try MailServer(
            ["user": "nhac-viec", "password": "Mật khẩu 1", "without": without], certificate: certificate)
        let sent = try send(
            .digest(),
            to: SMTPServer(
                host: "localhost", port: server.port, user: "nhac-viec", password: MailPassword("Mật khẩu 1"),
                caFile: certificate.path))
        let arrived = try server.messages()
        #expect(arrived.map(\.bytes) == [sent.bytes])
        #expect(arrived.first?.envelope.tls == true)
        #expect(arrived.first?.envelope.user == "nhac-viec")
    }

    @Test("by SMTPS with a login")
    func smtps() throws {
        let certificate = try Certificate(in: folder)
        let server = try MailServer(
            ["smtps": true, "user": "nhac-viec", "password": "secret"], certificate: certificate)
        let sent = try send(
            .digest(),
            to: SMTPServer(
                host: "127.0.0.1", port: server.port, security: .smtps, user: "nhac-viec",
                password: MailPassword("secret"), caFile: certificate.path))
        let arrived = try server.messages()
        #expect(arrived.map(\.bytes) == [sent.bytes])
        #expect(arrived.first?.envelope.tls == true)
        #expect(arrived.first?.envelope.user == "nhac-viec")
    }

    @Test("a server that nobody trusts, or that bears another name, gets nothing", arguments: [true, false])
    func untrusted(smtps: Bool) throws {
        let certificate = try Certificate(in: folder)
        let server = try MailServer(["smtps": smtps], certificate: certificate)
        var settings = SMTPServer(host: "localhost", port: server.port, security: smtps ? .smtps : .startTLS)
        var error = #expect(throws: MailError.self) { try send(.digest(), to: settings) }
        #expect(error?.isTemporary == true)
        #expect(error?.description.contains("certificate") == true)
        let stranger = try Certificate(for: "DNS:mail.example", in: folder)
        let other = try MailServer(["smtps": smtps], certificate: stranger)
        settings.caFile = stranger.path
        settings.port = other.port
        error = #expect(throws: MailError.self) { try send(.digest(), to: settings) }
        #expect(error?.isTemporary == true)
        #expect(try server.messages().isEmpty && other.messages().isEmpty)
    }

    @Test("a server without STARTTLS gets nothing where it is required")
    func stripped() throws {
        let server = try MailServer()
        let error = #expect(throws: MailError.self) {
            try send(.digest(), to: SMTPServer(host: "127.0.0.1", port: server.port))
        }
        #expect(error?.isTemporary == true)
        #expect(error?.description.contains("STARTTLS") == true)
        #expect(try server.messages().isEmpty)
    }

    @Test(
        "settings that would be another URL or show a password are refused before anything is sent",
        arguments: [
            SMTPServer(host: "smtp.example/x", security: .none), SMTPServer(host: "", security: .none),
            SMTPServer(host: "user@smtp.example", security: .none), SMTPServer(host: "smtp.example", port: 0),
            SMTPServer(host: "smtp.example", localName: "a/b"), SMTPServer(host: "smtp.example", user: "a"),
            SMTPServer(host: "smtp.example", security: .none, user: "a", password: MailPassword("b")),
            SMTPServer(host: "smtp.example", timeout: 0),
        ])
    func settings(server: SMTPServer) throws {
        let error = #expect(throws: MailError.self) { try send(.digest(), to: server) }
        guard case .settings = error else {
            Issue.record("\(String(describing: error))")
            return
        }
    }

    @Test(
        "addresses that would be commands of their own are refused",
        arguments: [
            "a@b.example\r\nRCPT TO:<x@y.example>", "a@b.example> NOTIFY=NEVER", "a b@c.example", "a", "@b.example",
            "a@",
            "a@@b.example", "<a@b.example>", "a@b..example", "việc@quan1.example", ".a@b.example", "a@-b.example", "",
        ])
    func injection(address: String) {
        #expect(throws: MailError.self) { try MailEnvelope(sender: "a@b.example", recipients: [address]) }
        #expect(throws: MailError.self) { try MailEnvelope(sender: address, recipients: ["a@b.example"]) }
        #expect(throws: MailError.self) { try MailMessage.digest(cc: [address]).encoded() }
    }

    @Test(
        "bytes that servers read in two ways are refused",
        arguments: [
            "a\n.\r\n", "a\r.\r\n", "a", "", "ệ\r\n", "a\u{0}\r\n", String(repeating: "a", count: 999) + "\r\n",
        ])
    func smuggling(text: String) {
        #expect(throws: MailError.self) { try SMTPTransport.checkWireFormat(Array(text.utf8)) }
        #expect(throws: Never.self) {
            try SMTPTransport.checkWireFormat(Array((String(repeating: "a", count: 998) + "\r\n").utf8))
        }
    }

    @Test("a password does not show itself")
    func password() {
        let server = SMTPServer(host: "smtp.example", user: "a", password: MailPassword("geheim"))
        var dumped = ""
        dump(server, to: &dumped)
        #expect(!"\(server) \(String(reflecting: server)) \(dumped)".contains("geheim"))
    }
}
