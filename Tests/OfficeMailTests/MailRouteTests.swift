import Foundation
import OwnThread
import Testing

@testable import OfficeMail

@Suite(.ownThread) struct MailRouteTests {
    private let folder: TestFolder
    init() throws { folder = try TestFolder() }

    private var record: DeliveryRecord {
        DeliveryRecord(folder: folder.path + "/sent", overtaken: .uncertainFile("overtaken"))
    }

    private let mark = DeliveryRecord.Mark(receipt: .unnamed(file: "a"), bytes: "")

    private func mailer(_ server: MailServer, timeout: Double = 60) -> SMTPMailer {
        SMTPMailer(
            server: SMTPServer(host: "127.0.0.1", port: server.port, security: .none, timeout: timeout),
            record: folder.path + "/sent")
    }

    @Test("the outbox and a server get the same bytes, once for a name")
    func once() async throws {
        let server = try MailServer()
        let outbox = MailRoute.outbox(Outbox(folder: folder.path + "/outbox"))
        let smtp = MailRoute.smtp(mailer(server))
        #expect(smtp.delivery(name: "a/b") == .undone)
        let file = try await outbox.deliver(.digest(), name: "a/b")
        let sent = try await smtp.deliver(.digest(), name: "a/b")
        #expect((file.place, file.isNew) == (folder.path + "/outbox/a-b.eml", true))
        #expect((sent.place, sent.isNew) == ("250 2.0.0 Ok: queued as 1A2B", true))
        for (route, first) in [(outbox, file), (smtp, sent)] {
            let again = try await route.deliver(.digest(), name: "a/b")
            #expect(again == MailReceipt(place: first.place, isNew: false, receipt: first.receipt))
        }
        // What is remembered is what went out first, whatever is said of it later.
        let other = DeliveryReceipt.document(file: "a/b", number: 7, sha256: "x")
        #expect(try await smtp.deliver(.digest(), name: "a/b", receipt: other).receipt == sent.receipt)
        #expect(sent.receipt.sha256 == file.receipt.sha256)
        #expect(outbox.delivery(name: "a/b") == .done && smtp.delivery(name: "a/b") == .done)
        let bytes = try Data(contentsOf: URL(fileURLWithPath: file.place))
        #expect(try server.messages().map(\.bytes) == [Array(bytes)])
    }

    @Test("what a server refused was not sent, and may be sent again")
    func refused() throws {
        let refusing = try MailServer(["message": "451 4.3.0 Later"])
        #expect(throws: MailError.self) { try mailer(refusing).deliver(.digest(), name: "a") }
        #expect(record.delivery("a") == .undone)
        let server = try MailServer()
        #expect(try mailer(server).deliver(.digest(), name: "a").isNew)
        #expect(try server.messages().count == 1)
    }

    @Test("a doubt stays a doubt until somebody sends again")
    func doubt() throws {
        let silent = try MailServer(["silent": true])
        let error = #expect(throws: MailError.self) { try mailer(silent).deliver(.digest(), name: "a") }
        #expect(error?.isUndone == false)
        #expect(record.delivery("a") == .inDoubt)
        let server = try MailServer()
        #expect(try mailer(server).deliver(.digest(), name: "a").isNew)
        #expect(record.delivery("a") == .done)
    }

    @Test("who wakes up after another has sent the message, or while it sends it, does not send it")
    func overtaken() throws {
        let server = try MailServer()
        let bytes = try MailMessage.digest().encoded()
        let transport = SMTPTransport(server: SMTPServer(host: "127.0.0.1", port: server.port, security: .none))
        let (mailer, record, mark) = (mailer(server), record, mark)
        try record.prepare("a")
        // This one hangs before its end for so long that another one sends the message.
        let error = #expect(throws: MailError.self) {
            try transport.send(bytes, in: MailEnvelope(.digest())) { () throws(MailError) in
                _ = try mailer.deliver(.digest(), name: "a")
                _ = try record.begin("a", mark)
            }
        }
        #expect(error?.isUndone == false)
        #expect(record.delivery("a") == .done)
        #expect(try server.messages().count == 1)
        let sending = try record.begin("b", mark)
        #expect(throws: MailError.self) { try mailer.deliver(.digest(), name: "b") }
        #expect(record.delivery("b") == .inDoubt)
        #expect(try server.messages().count == 1)
        withExtendedLifetime(sending) {}
    }

    @Test("of many that send one message at once, one does")
    func race() async throws {
        let server = try MailServer()
        let mailer = mailer(server)
        let receipts = await withTaskGroup(of: MailReceipt?.self) { group in
            for _ in 0..<8 { group.addTask { try? await MailRoute.smtp(mailer).deliver(.digest(), name: "a") } }
            return await group.reduce(into: []) { $0.append($1) }
        }
        #expect(receipts.filter { $0?.isNew == true }.count == 1)
        #expect(try server.messages().count == 1)
        #expect(record.delivery("a") == .done)
    }

    @Test("a record that cannot be written keeps the message back")
    func folderProblem() throws {
        let server = try MailServer()
        let mailer = SMTPMailer(
            server: SMTPServer(host: "127.0.0.1", port: server.port, security: .none), record: "/dev/null/sent")
        let error = #expect(throws: MailError.self) { try mailer.deliver(.digest(), name: "a") }
        #expect(error?.isUndone == true)
        #expect(try server.messages().isEmpty)
    }
}
