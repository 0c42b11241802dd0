import Foundation
import Testing

@testable import OfficeMail

@Suite struct OfficeMailTests {
    private func message(
        to: [String] = ["noi-vu@quan1.example"],
        subject: String = "Nhắc việc 29/3/2024: 3 việc sắp đến hạn, 1 việc quá hạn"
    ) -> MailMessage {
        MailMessage(
            from: "nhac-viec@quan1.example", to: to, subject: subject, text: "Kính gửi Phòng Nội vụ,\n“một” & <hai>",
            html: "<p>Kính gửi</p>", date: 1_711_672_200, key: "reminder/noi-vu/2024-03-29")
    }

    private func parse(_ bytes: [UInt8]) throws -> [String: String] {
        let script = """
            import sys, json, email, email.policy
            m = email.message_from_bytes(sys.stdin.buffer.read(), policy=email.policy.default)
            assert not m.defects, m.defects
            parts = {p.get_content_type(): p.get_content() for p in m.iter_parts()}
            print(json.dumps({"subject": m["subject"], "to": m["to"], "date": m["date"], "id": m["message-id"],
                "text": parts["text/plain"], "html": parts["text/html"],
                "longest": str(max(len(l) for l in m.as_bytes().split(b"\\n")))}))
            """
        let data = try Program.run("/usr/bin/env", ["python3", "-c", script], input: bytes)
        return try JSONDecoder().decode([String: String].self, from: data)
    }

    @Test("Python's mail parser reads what we wrote")
    func roundTrip() throws {
        let parsed = try parse(try message(to: ["a@quan1.example", "b@quan1.example"]).encoded())
        #expect(parsed["subject"] == message().subject)
        #expect(parsed["to"] == "a@quan1.example, b@quan1.example")
        #expect(parsed["text"] == "Kính gửi Phòng Nội vụ,\r\n“một” & <hai>")
        #expect(parsed["html"] == "<p>Kính gửi</p>")
        #expect(parsed["date"] == "Fri, 29 Mar 2024 07:30:00 +0700")
    }

    @Test("a long subject is folded and no letter is cut", arguments: 1...40)
    func subjects(length: Int) throws {
        let subject = "Nhắc việc " + String(repeating: "ệ", count: length)
        let bytes = try message(subject: subject).encoded()
        let lines = String(decoding: bytes, as: UTF8.self).components(separatedBy: "\r\n")
        #expect(lines.allSatisfy { $0.utf8.count <= 78 })
        if length % 13 == 0 { #expect(try parse(bytes)["subject"] == subject) }
    }

    @Test(
        "no line of a header is longer than 78 octets, whatever the key, and a bounce still leads to it",
        arguments: [
            "reminder/noi-vu/2024-03-29", "reminder/phuong-nguyen-thai-binh.head/2024-03-29",
            "apology/000.00.19.H29-240104-0001/1",
            "apology/000.00.19.H29-240104-0001/MẪU-\(String(repeating: "x", count: 60))/2",
        ])
    func lines(key: String) throws {
        var message = message(to: ["bo-phan-mot-cua.tiep-nhan-tra-ket-qua@phuong-sai-gon.hochiminhcity.gov.vn"])
        message.from = "nhac-viec@phuong-sai-gon.hochiminhcity.gov.vn"
        message.key = key
        message.attachments = [
            MailAttachment(
                name: "Phiếu xin lỗi \(String(repeating: "dài ", count: 30)).xlsx",
                mediaType: "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet", bytes: [1]),
            .calendar(name: "nhac-viec.ics", bytes: [1]),
        ]
        let bytes = try message.encoded()
        let lines = String(decoding: bytes, as: UTF8.self).components(separatedBy: "\r\n")
        for line in lines { #expect(line.utf8.count <= 78, "\(line)") }
        let id = try message.messageID()
        let bounce = try #require(
            Bounce(
                Array(
                    "Content-Type: message/delivery-status\nIn-Reply-To: \(id)\n\nFinal-Recipient: x; a@b\nAction: failed\n"
                        .utf8), file: "a"))
        #expect(bounce.isOurs)
        #expect(bounce.key ?? bounce.key(among: ["reminder/a/2024-03-29", key]) == key)
        #expect(bounce.key == nil || bounce.key == key)
    }

    @Test(
        "what would break the header is refused",
        arguments: [
            (["a@b.example\r\nBcc: x@y.example"], "s"), ([], "s"), (["a@b.example"], "s\nX-Header: y"),
        ])
    func injection(to: [String], subject: String) {
        #expect(throws: MailError.self) { try message(to: to, subject: subject).encoded() }
    }

    @Test("a message is delivered once, whole, and for its owner alone")
    func outbox() throws {
        let folder = FileManager.default.temporaryDirectory.appendingPathComponent("outbox-\(UUID().uuidString)")
        defer { try? FileManager.default.removeItem(at: folder) }
        let outbox = Outbox(folder: folder.path)
        let first = try outbox.deliver(message(), name: "2024-03-29-noi/vu")
        let again = try outbox.deliver(message(subject: "other"), name: "2024-03-29-noi/vu")
        #expect(first.isNew)
        #expect(!again.isNew)
        #expect(first.path.hasSuffix("/2024-03-29-noi-vu.eml"))
        #expect(
            try FileManager.default.contentsOfDirectory(atPath: folder.path).sorted() == [
                ".put", "2024-03-29-noi-vu.eml",
            ])
        #expect(try [UInt8](Data(contentsOf: URL(fileURLWithPath: first.path))) == message().encoded())
        let mode = try FileManager.default.attributesOfItem(atPath: first.path)[.posixPermissions] as? Int
        #expect(mode == 0o600)
    }

    @Test("the digest is a table in text and in HTML, rows of a day together, and what comes from data is escaped")
    func digest() {
        let mail = ReminderMail(
            recipient: "Phòng Nội vụ", subject: "Nhắc việc", agency: "Ủy ban nhân dân Quận 1", request: "Đề nghị & báo",
            sections: [
                .init(
                    title: "Quá hạn", count: 3, isUrgent: true,
                    days: [
                        .init(
                            heading: "Hạn 28/3/2024",
                            rows: [.init(code: "1.4", title: "Kiểm tra <b> & “báo cáo”", note: "thiếu <lý do>")])
                    ]),
                .init(
                    title: "Thường xuyên", count: 1, isUrgent: false,
                    days: [.init(heading: "", rows: [.init(code: "1.2", title: "Việc")])]),
            ])
        #expect(mail.html.contains("<table"))
        #expect(mail.html.contains("Kiểm tra &lt;b&gt; &amp; “báo cáo”"))
        #expect(!mail.html.contains("tra <b>") && !mail.html.contains("<lý do>") && !mail.html.contains(" & "))
        for word in [
            "QUÁ HẠN (3)", "Hạn 28/3/2024", "[1.4] Kiểm tra <b> & “báo cáo”", "thiếu <lý do>", "… và 2 việc khác.",
            "THƯỜNG XUYÊN (1)", "Đề nghị & báo",
        ] {
            #expect(mail.text.contains(word), "\(word)")
        }
        #expect(mail.text.components(separatedBy: "việc khác").count == 2)
        // What is urgent is red, the rest is not.
        #expect(mail.html.components(separatedBy: "#b00020").count == 3)
    }
}
