import Foundation
import OwnThread
import Testing

@testable import OfficeMail

/// What a server does wrong, and what is then known about the message.
@Suite(.ownThread) struct SMTPFaultTests {
    private let folder: TestFolder
    init() throws { folder = try TestFolder() }

    private func failure(
        _ options: [String: Any], _ message: MailMessage = .digest(), timeout: Double = 60
    ) throws -> (error: MailError, arrived: Int) {
        let server = try MailServer(options)
        let settings = SMTPServer(host: "127.0.0.1", port: server.port, security: .none, timeout: timeout)
        let error = #expect(throws: MailError.self) {
            try SMTPTransport(server: settings).send(message.encoded(), in: MailEnvelope(message))
        }
        return (try #require(error), try server.messages().count)
    }

    private func words(_ text: String, _ code: Int, _ stage: SMTPFailure.Stage, recipient: Int? = nil) -> SMTPFailure {
        SMTPFailure(stage: stage, code: code, words: text, recipient: recipient)
    }

    @Test("a recipient that is refused for now: nobody gets it, and it may be tried again")
    func greylisted() throws {
        let result = try failure(
            ["recipients": ["b@quan1.example": "450 4.2.0 <b@quan1.example>: Greylisted"]],
            .digest(to: ["a@quan1.example", "b@quan1.example"]))
        #expect(result.error == .temporary(words("4.2.0 <recipient 2>: Greylisted", 450, .recipient, recipient: 1)))
        #expect(result.arrived == 0)
    }

    @Test("a recipient that is refused for good: nobody gets it, and the server's words say why, without the address")
    func unknownUser() throws {
        let result = try failure(
            ["recipients": ["c@quan1.example": "550 5.1.1 <C@quan1.example>: User unknown"]],
            .digest(to: ["a@quan1.example"], cc: ["c@quan1.example", "d@quan1.example"]))
        #expect(result.error == .refused(words("5.1.1 <recipient 2>: User unknown", 550, .recipient, recipient: 1)))
        #expect(result.arrived == 0)
        #expect(!result.error.isTemporary && result.error.isUndone)
        #expect(result.error.description.contains("recipient 2: 550 5.1.1 <recipient 2>: User unknown"))
    }

    @Test("552 to a recipient means too many of them, for now")
    func tooMany() throws {
        let result = try failure(["recipients": ["noi-vu@quan1.example": "552 Too many recipients"]])
        #expect(result.error == .temporary(words("Too many recipients", 552, .recipient, recipient: 0)))
    }

    @Test("an answer of several lines is one")
    func severalLines() throws {
        let result = try failure(["sender": "550-5.7.1 Not from here.\r\n550 5.7.1 Ask the postmaster."])
        #expect(result.error == .refused(words("5.7.1 Not from here. 5.7.1 Ask the postmaster.", 550, .sender)))
    }

    @Test("the message refused for now, and for good")
    func message() throws {
        var result = try failure(["message": "451 4.3.0 Local error in processing"])
        #expect(result.error == .temporary(words("4.3.0 Local error in processing", 451, .answer)))
        result = try failure(["message": "554 5.6.0 Message looks like spam"])
        #expect(result.error == .refused(words("5.6.0 Message looks like spam", 554, .answer)))
        result = try failure(["limit": 400])
        #expect(result.error == .refused(words("Error: Too much mail data", 552, .answer)))
        #expect(result.arrived == 0)
    }

    @Test("a server that does not serve now, or at all")
    func greeting() throws {
        #expect(
            try failure(["greeting": "421 server.example too busy"]).error
                == .temporary(words("server.example too busy", 421, .connection)))
        #expect(
            try failure(["greeting": "554 No SMTP service here"]).error
                == .refused(words("No SMTP service here", 554, .connection)))
    }

    @Test("a connection that breaks before the end of the message: nothing was sent", arguments: ["before", "within"])
    func dropped(drop: String) throws {
        // More than the buffers between the two take.
        let file = MailAttachment(
            name: "a.bin", mediaType: "application/octet-stream", bytes: [UInt8](repeating: 7, count: 16_000_000))
        let result = try failure(["drop": drop], .digest(attachments: [file]))
        guard case .temporary(let failure) = result.error else {
            Issue.record("\(result.error)")
            return
        }
        #expect(failure.stage == .message)
        #expect(failure.code == nil)
    }

    @Test("a connection that breaks after the end of the message: nobody knows, and here it has arrived")
    func silent() throws {
        let result = try failure(["silent": true])
        guard case .inDoubt(let failure) = result.error else {
            Issue.record("\(result.error)")
            return
        }
        #expect(failure.stage == .answer)
        #expect(result.arrived == 1)
        #expect(!result.error.isTemporary && !result.error.isUndone)
    }

    @Test("no time is left while the server thinks: about the whole message a doubt, before it none")
    func slow() throws {
        var result = try failure(["slow": 60], timeout: 2)
        guard case .inDoubt = result.error else {
            Issue.record("\(result.error)")
            return
        }
        result = try failure(["untouched": 60], timeout: 2)
        guard case .temporary(let failure) = result.error else {
            Issue.record("\(result.error)")
            return
        }
        #expect(failure.code == nil)
        #expect(failure.stage == .recipient)
    }

    @Test("a server that does not listen, or that nobody knows")
    func absent() throws {
        for host in ["127.0.0.1", "mail.invalid"] {
            let error = #expect(throws: MailError.self) {
                try SMTPTransport(server: SMTPServer(host: host, port: 1, security: .none)).send(
                    MailMessage.digest().encoded(), in: MailEnvelope(.digest()))
            }
            guard case .temporary(let failure) = error else {
                Issue.record("\(String(describing: error))")
                return
            }
            #expect(failure.stage == .connection)
            #expect(failure.words.contains(host))
        }
    }

    @Test("a wrong password is refused with the server's words, and does not show")
    func login() throws {
        let certificate = try Certificate(in: folder)
        let server = try MailServer(["user": "nhac-viec", "password": "right"], certificate: certificate)
        let settings = SMTPServer(
            host: "localhost", port: server.port, user: "nhac-viec", password: MailPassword("geheim"),
            caFile: certificate.path)
        let error = #expect(throws: MailError.self) {
            try SMTPTransport(server: settings).send(MailMessage.digest().encoded(), in: MailEnvelope(.digest()))
        }
        guard case .refused(let failure) = error else {
            Issue.record("\(String(describing: error))")
            return
        }
        #expect(failure.stage == .login)
        #expect(failure.code == 535)
        #expect(!"\(failure)".contains("geheim") && !"\(failure)".contains("nhac-viec"))
    }

    @Test("who is told to stop before the end sends nothing, even where all of the message is already there")
    func veto() throws {
        let server = try MailServer()
        let settings = SMTPServer(host: "127.0.0.1", port: server.port, security: .none)
        #expect(throws: MailError.folder("full")) {
            try SMTPTransport(server: settings).send(MailMessage.digest().encoded(), in: MailEnvelope(.digest())) {
                () throws(MailError) in throw .folder("full")
            }
        }
        #expect(try server.messages().isEmpty)
    }
}
