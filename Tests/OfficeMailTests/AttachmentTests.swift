import Foundation
import Testing

@testable import OfficeMail

@Suite struct AttachmentTests {
    private struct Parsed: Decodable {
        struct Part: Decodable {
            var type: String
            var name: String?
            var method: String?
            var charset: String?
            var disposition: String?
            var bytes: String
        }
        var root: String
        var first: String
        var cc: String?
        var subject: String
        var id: String
        var text: String
        var html: String
        var parts: [Part]
    }

    private func parse(_ bytes: [UInt8]) throws -> Parsed {
        let script = """
            import sys, json, base64, email, email.policy
            m = email.message_from_bytes(sys.stdin.buffer.read(), policy=email.policy.default)
            for p in m.walk():
                assert not p.defects, p.defects
                for h in p.values(): assert not h.defects, h.defects
            first = m.get_body(("related", "html")) and next(iter(m.iter_parts()))
            print(json.dumps({"root": m.get_content_type(), "first": first.get_content_type(), "cc": m["cc"],
                "subject": m["subject"], "id": m["message-id"],
                "text": m.get_body("plain").get_content(), "html": m.get_body("html").get_content(),
                "parts": [{"type": p.get_content_type(), "name": p.get_filename(), "method": p["content-type"].params.get("method"),
                    "charset": p.get_content_charset(), "disposition": p.get_content_disposition(),
                    "bytes": base64.b64encode(p.get_payload(decode=True)).decode()} for p in m.iter_attachments()]}))
            """
        return try JSONDecoder().decode(
            Parsed.self, from: Program.run("/usr/bin/env", ["python3", "-c", script], input: bytes))
    }

    @Test("Python's mail parser reads the bodies, the files with their Vietnamese names and the calendar")
    func roundTrip() throws {
        let long =
            "Phiếu xin lỗi và hẹn lại ngày trả kết quả " + String(repeating: "hồ sơ đất đai ", count: 9) + "số 1.pdf"
        let files = [
            MailAttachment(name: "Báo cáo quý I.pdf", mediaType: "application/pdf", bytes: Array(0...255)),
            MailAttachment(name: long, mediaType: "application/pdf", bytes: []),
            MailAttachment(name: "a (1).csv", mediaType: "text/csv", bytes: Array("tên;số\r\n".utf8)),
            MailAttachment(name: "50% \"của\"; tổng=1'.txt", mediaType: "text/plain", bytes: [10]),
            MailAttachment(
                name: "--=_kip_mixed_=--", mediaType: "text/plain", bytes: Array("--=_kip_mixed_=--\r\n".utf8)),
            .calendar(name: "hạn.ics", bytes: Array("BEGIN:VCALENDAR\r\nMETHOD:PUBLISH\r\nEND:VCALENDAR\r\n".utf8)),
        ]
        let message = MailMessage.digest(cc: ["van-phong@quan1.example"], attachments: files)
        let parsed = try parse(try message.encoded())
        #expect(parsed.root == "multipart/mixed")
        #expect(parsed.first == "multipart/alternative")
        #expect(parsed.cc == "van-phong@quan1.example")
        #expect(parsed.subject == message.subject)
        #expect(parsed.text == "Kính gửi Phòng Nội vụ,\r\n“một” & <hai>")
        #expect(parsed.html == message.html)
        #expect(parsed.parts.map(\.name) == files.map(\.name))
        #expect(parsed.parts.map(\.type) == files.map(\.mediaType))
        #expect(parsed.parts.map { [UInt8](Data(base64Encoded: $0.bytes) ?? Data()) } == files.map(\.bytes))
        #expect(parsed.parts.allSatisfy { $0.disposition == "attachment" })
        #expect(parsed.parts.map(\.method) == [nil, nil, nil, nil, nil, "PUBLISH"])
        #expect(parsed.parts.map(\.charset) == [nil, nil, "utf-8", "utf-8", "utf-8", "utf-8"])
    }

    @Test("names of every length are read back, and no line is too long", arguments: 1...40)
    func names(length: Int) throws {
        let name = String(repeating: "ệ", count: length) + String(repeating: "a", count: length % 7) + ".pdf"
        let bytes = try MailMessage.digest(
            attachments: [MailAttachment(name: name, mediaType: "application/pdf", bytes: [1])]
        ).encoded()
        let lines = String(decoding: bytes, as: UTF8.self).components(separatedBy: "\r\n")
        #expect(lines.allSatisfy { $0.utf8.count <= 78 })
        if length % 13 == 0 { #expect(try parse(bytes).parts.map(\.name) == [name]) }
    }

    @Test("what would break a header, or be misread, is refused or encoded")
    func refused() throws {
        for name in ["", "a/b.pdf", "a\\b.pdf", "a\r\nX: y", "a\u{7f}"] {
            let file = MailAttachment(name: name, mediaType: "application/pdf", bytes: [])
            #expect(throws: MailError.self, "\(name)") { try MailMessage.digest(attachments: [file]).encoded() }
        }
        for type in ["pdf", "a/b/c", "message/rfc822", "multipart/mixed", "a/b; x=y", "a/b\r\nX: y", "/"] {
            let file = MailAttachment(name: "a", mediaType: type, bytes: [])
            #expect(throws: MailError.self, "\(type)") { try MailMessage.digest(attachments: [file]).encoded() }
        }
        let method = MailAttachment.calendar(name: "a.ics", method: "PUBLISH; x=y", bytes: [])
        #expect(throws: MailError.self) { try MailMessage.digest(attachments: [method]).encoded() }
        for subject in ["=?utf-8?Q?a?=", " a", "a ", String(repeating: "a ", count: 60) + "b"] {
            #expect(try parse(try MailMessage.digest(subject: subject).encoded()).subject == subject)
        }
    }

    @Test("a letter under a heap of marks does not make a word too long")
    func marks() throws {
        let bytes = try MailMessage.digest(subject: "e" + String(repeating: "\u{301}", count: 60)).encoded()
        #expect(
            String(decoding: bytes, as: UTF8.self).components(separatedBy: "\r\n").allSatisfy { $0.utf8.count <= 78 })
    }

    @Test("the same message has the same bytes, and the same key the same Message-ID, from which it is read back")
    func identity() throws {
        #expect(try MailMessage.digest().encoded() == MailMessage.digest().encoded())
        let id = try MailMessage.digest().messageID()
        #expect(id == "<reminder=2Fnoi-vu=2F2024-03-29.kip@quan1.example>")
        #expect(try parse(MailMessage.digest(subject: "khác").encoded()).id == id)
        var ids: Set<String> = []
        let keys = [
            "reminder/a/b", "reminder/ab", "reminder=2Fa/b", "a+b", "a/b", "a.kip@b", "hẹn", "a b", "a\nb", "<a>",
        ]
        for key in keys {
            let id = try MailMessage.digest(key: key).messageID()
            #expect(MessageID.key(of: id) == key)
            ids.insert(id)
        }
        #expect(ids.count == keys.count)
        #expect(MessageID.key(of: "<20240329.1234@mail.example>") == nil)
        #expect(MessageID.key(of: "<a=2.kip@mail.example>") == nil)
        #expect(throws: MailError.self) { try MailMessage.digest(key: "").messageID() }
        #expect(throws: MailError.self) { try MailMessage.digest(key: String(repeating: "a", count: 701)).messageID() }
    }
}
