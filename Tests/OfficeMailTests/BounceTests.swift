import Foundation
import OwnThread
import Testing

@testable import OfficeMail

/// `Bounces/` holds reports of real servers (Postfix 3.7.11, Exim 4.96) on a message of ours.
@Suite(.ownThread) struct BounceTests {
    private static let folder = URL(fileURLWithPath: #filePath).deletingLastPathComponent()
        .appendingPathComponent("Bounces").path
    private static let names = ["exim-failed.eml", "postfix-delayed.eml", "postfix-failed.eml"]

    private static func bytes(_ name: String) throws -> [UInt8] {
        Array(try Data(contentsOf: URL(fileURLWithPath: "\(folder)/\(name)")))
    }

    private func bounce(_ text: String) -> Bounce? { Bounce(Array(text.utf8), file: "a.eml") }

    /// A report by hand.
    private func report(
        status: String = "Final-Recipient: rfc822; a@b.example\nAction: failed\nStatus: 5.1.1\n", type: String = "",
        original: String = "text/rfc822-headers\n\nMessage-ID: <a=2Fb.kip@quan1.example>\n", head: String = ""
    ) -> String {
        """
        \(head)Content-Type: Multipart/Report; Report-Type="delivery-status"; boundary=b

        --b

        Words
        --b1
        --b
        Content-Type: message/delivery-status\(type)

        Reporting-MTA: dns; mail.example

        \(status)
        --b
        Content-Type: \(original)
        --b--
        Content-Type: text/rfc822-headers

        Message-ID: <after.kip@the.end>
        """
    }

    @Test("Postfix and Exim: which message, for whom, with which status and words")
    func real() throws {
        let bounces = try BounceReader(folder: Self.folder).bounces()
        #expect(bounces.map(\.file) == Self.names)
        #expect(bounces.allSatisfy { $0.messageID == "<reminder=2Fnoi-vu=2F2024-03-29.kip@quan1.example>" })
        #expect(bounces.allSatisfy { $0.key == "reminder/noi-vu/2024-03-29" })
        let unknown =
            "550 5.1.1 <khong-co@quan1.example>: Recipient address rejected: User unknown in virtual mailbox table"
        #expect(
            bounces.map(\.recipients) == [
                [
                    .init(address: "khong-co@quan1.example", action: "failed", status: "5.0.0", diagnostic: unknown),
                    .init(
                        address: "day@quan1.example", action: "failed", status: "5.0.0",
                        diagnostic: "552 5.2.2 Mailbox full"),
                ],
                [
                    .init(
                        address: "tam@quan1.example", action: "delayed", status: "4.2.1",
                        diagnostic: "450 4.2.1 Mailbox disabled temporarily")
                ],
                [
                    .init(
                        address: "day@quan1.example", action: "failed", status: "5.2.2",
                        diagnostic: "552 5.2.2 Mailbox full"),
                    .init(address: "khong-co@quan1.example", action: "failed", status: "5.1.1", diagnostic: unknown),
                ],
            ])
        #expect(bounces.flatMap(\.recipients).map(\.isFailure) == [true, true, false, true, true])
    }

    @Test("lines that end with CRLF read the same", arguments: names)
    func lineEnds(name: String) throws {
        let bytes = try Self.bytes(name)
        let wire = bytes.flatMap { $0 == 10 ? [13, 10] : [$0] }
        #expect(Bounce(wire, file: name) == Bounce(bytes, file: name))
        #expect(Bounce(bytes, file: name) != nil)
    }

    @Test(
        "a Maildir: new and read ones, by names without flags; other mail is passed over; a folder that is not there is named"
    )
    func maildir() throws {
        let folder = try TestFolder()
        _ = try folder.write(report(), to: "new/2.host")
        _ = try folder.write(report(), to: "cur/1.host:2,S")
        _ = try folder.write("Subject: x\n\nReporting-MTA: dns; a\n", to: "new/3.host")
        _ = try folder.write(report(), to: "tmp/4.host")
        #expect(try BounceReader(folder: folder.path).bounces().map(\.file) == ["1.host", "2.host"])
        let error = #expect(throws: MailError.self) { try BounceReader(folder: folder.path + "/none").bounces() }
        #expect(error?.description.contains(folder.path + "/none") == true)
    }

    @Test("a report without the original leads to it by what it answers to")
    func reply() {
        let bare = report(original: "text/plain\n\nNothing of the message.\n")
        #expect(bounce(bare)?.messageID == nil)
        #expect(bounce("In-Reply-To: <x.kip@quan1.example>\n" + bare)?.key == "x")
        #expect(bounce("References: <y.kip@quan1.example>\n" + bare)?.key == "y")
        #expect(bounce(report())?.key == "a/b")
        #expect(
            bounce(report(original: "message/rfc822\n\nMessage-Id:\n <z@other.example>\n"))?.messageID
                == "<z@other.example>")
        #expect(bounce(report(original: "message/rfc822\n\nMessage-Id: <z@other.example>\n"))?.key == nil)
    }

    @Test("a report in quoted-printable or base64, or for addresses beyond ASCII")
    func encodings() {
        let plain = bounce(report())?.recipients
        let quoted = "Final-Recipient: rfc822; a=40b.example\nAction:=\n failed\nStatus: 5.1.1\n"
        #expect(
            bounce(report(status: quoted, type: "\nContent-Transfer-Encoding: quoted-printable"))?.recipients == plain)
        let text =
            "Reporting-MTA: dns; a\n\nFinal-Recipient: rfc822; a@b.example\nAction: Failed (x)\nStatus: 5.1.1 (no user)\n"
        let base64 = """
            Content-Type: multipart/report; boundary="b"

            --b
            Content-Type: message/global-delivery-status
            Content-Transfer-Encoding: base64

            \(Data(text.utf8).base64EncodedString())
            """
        #expect(plain?.map(\.address) == ["a@b.example"])
        #expect(bounce(base64)?.recipients == plain)
    }

    @Test("what is no report is none")
    func strangers() {
        #expect(bounce("") == nil)
        #expect(bounce("Content-Type: multipart/report; boundary=b\n\n--b\n") == nil)
        #expect(bounce(report(status: "Words: none\n")) == nil)
        #expect(bounce(report().replacingOccurrences(of: "message/delivery", with: "message/disposition")) == nil)
    }

    @Test(
        "a report is read whatever its parts are called: multipart/mixed, another name of the original, another boundary"
    )
    func shapes() {
        let whole = bounce(report())
        for text in [
            // OpenSMTPD, McAfee and X5.
            report().replacingOccurrences(of: "Multipart/Report", with: "multipart/mixed"),
            report(original: "message/rfc822-headers\n\nMessage-ID: <a=2Fb.kip@quan1.example>\n"),
            // The boundary that the head names is not the one of the parts.
            report().replacingOccurrences(of: "boundary=b\n", with: "boundary=other\n"),
            // An original that was damaged: its head does not begin where it should.
            report(original: "message/rfc822\n\n>From x\n\n??\n> Message-ID: <a=2Fb.kip@quan1.example>\n"),
            report(original: "text/plain\n\nYour mail <a=2Fb.kip@quan1.example> came back\n"),
            // No empty line between the groups, and no action.
            report(status: "X: y\nFinal-Recipient: rfc822; a@b.example\nStatus: 5.1.1\n"),
            report(status: "Final-Recipient: rfc822; a@b.example\nAction: expired\nStatus: 5.1.1\n"),
            report(
                status: "Final-Recipient: rfc822; a@b.example\nAction: failed\nDiagnostic-Code: smtp; 550 5.1.1 x\n"),
        ] {
            #expect(bounce(text)?.recipients.first?.status == "5.1.1", "\(text)")
            #expect(bounce(text)?.recipients.first?.isFailure == true, "\(text)")
            #expect(bounce(text)?.key == whole?.key, "\(text)")
        }
    }

    @Test("a gateway sends another server's report on, whole")
    func nested() {
        let text = """
            From: Mail Delivery Subsystem <MAILER-DAEMON@gate.example>
            Content-Type: multipart/mixed; boundary=outer

            --outer
            Content-Type: text/plain

            ----- The following addresses had permanent delivery errors -----
            --outer
            Content-Type: message/rfc822

            \(report())
            --outer--
            """
        #expect(bounce(text)?.key == "a/b")
        #expect(bounce(text)?.recipients.map(\.address) == ["a@b.example"])
    }

    /// Reports for people alone, as these programs write them.
    private static let texts: [(name: String, text: String, action: String, status: String)] = [
        (
            "qmail",
            """
            From: MAILER-DAEMON@mx.example
            Subject: failure notice

            Hi. This is the qmail-send program at mx.example.
            I'm afraid I wasn't able to deliver your message to the following addresses.
            This is a permanent error; I've given up. Sorry it didn't work out.

            <a@b.example>:
            192.0.2.1 does not like recipient.
            Remote host said: 550 5.1.1 no such user

            --- Below this line is a copy of the message.

            Return-Path: <nhac-viec@quan1.example>
            Message-ID: <a=2Fb.kip@quan1.example>
            Subject: delayed

            """, "failed", "5.1.1"
        ),
        (
            "Exim",
            """
            From: Mail Delivery System <Mailer-Daemon@mx.example>
            X-Failed-Recipients: a@b.example
            Subject: Mail delivery failed: returning message to sender

            This message was created automatically by mail delivery software.
            A message that you sent could not be delivered to one or more of its recipients.

              a@b.example
                SMTP error from remote mail server after RCPT TO:<a@b.example>:
                host mx.b.example [192.0.2.1]: 550 unknown user

            ------ This is a copy of the message, including all the headers. ------

            Message-ID:
             <a=2Fb.kip@quan1.example>

            """, "failed", "5.0.0"
        ),
        (
            "Exim, a delay",
            """
            From: Mail Delivery System <Mailer-Daemon@mx.example>
            Subject: Warning: message 1abc delayed 24 hours

            A message that you sent has not yet been delivered to one or more of its recipients after more than 24 hours.
            The message identifier is: 1abc

              a@b.example
                host mx.b.example: 451 4.3.0 try later

            No action is required on your part.
            Message-ID: <a=2Fb.kip@quan1.example>

            """, "delayed", "4.3.0"
        ),
        (
            "Sendmail",
            """
            From: Mail Delivery Subsystem <MAILER-DAEMON@mx.example>
            Subject: Returned mail: see transcript for details

               ----- The following addresses had permanent fatal errors -----
            <a@b.example>
                (reason: 550 5.1.1 <a@b.example>... User unknown)

               ----- Original message follows -----
            Message-Id: <a=2Fb.kip@quan1.example>

            """, "failed", "5.1.1"
        ),
    ]

    @Test("reports that are written for people alone are read", arguments: texts.map(\.name))
    func words(name: String) throws {
        let sample = try #require(Self.texts.first { $0.name == name })
        let bounce = try #require(self.bounce(sample.text))
        #expect(bounce.key == "a/b")
        #expect(bounce.recipients.map(\.address) == ["a@b.example"])
        #expect(bounce.recipients.map(\.action) == [sample.action])
        #expect(bounce.recipients.map(\.status) == [sample.status])
    }

    @Test("what cannot be made out is for a person; mail of people, vacation notices and receipts are none of it")
    func unread() {
        func reading(_ text: String) -> BounceReading? { BounceReading(Array(text.utf8), file: "a") }
        let nameless = report(original: "text/plain\n\nnothing\n")
        #expect(reading(nameless) == .unread(UnreadBounce(file: "a", reason: .noMessage, key: nil)))
        let mute = report(status: "Words: none\n")
        #expect(reading(mute) == .unread(UnreadBounce(file: "a", reason: .noStatus, key: "a/b")))
        let words = "From: MAILER-DAEMON@x\nSubject: x\n\nKính gửi\n"
        #expect(reading(words) == .unread(UnreadBounce(file: "a", reason: .noStatus, key: nil)))
        // A complaint about a letter.
        let complaint = report().replacingOccurrences(of: "delivery-status", with: "feedback-report")
        #expect(reading(complaint) == .unread(UnreadBounce(file: "a", reason: .noStatus, key: "a/b")))
        #expect(reading("From: Lan <lan@x.example>\nSubject: Re: x\n\nKhông gửi được à?\n") == nil)
        #expect(
            reading(
                "Return-Path: <>\nFrom: lan@x.example\nIn-Reply-To: <a=2Fb.kip@quan1.example>\nSubject: Vắng mặt\n\n550 5.1.1"
            ) == nil)
        #expect(
            reading(
                "Content-Type: multipart/report; report-type=disposition-notification; boundary=b\n\n--b\n\nĐã đọc\n--b--\n"
            ) == nil)
        guard case .report = reading(report()) else {
            Issue.record("it is a report")
            return
        }
    }

    @Test("a report that was cut off anywhere, or has any byte changed, is read as far as it goes", arguments: names)
    func damaged(name: String) throws {
        let bytes = try Self.bytes(name)
        let whole = try #require(Bounce(bytes, file: name))
        for length in stride(from: 0, to: bytes.count, by: 3) {
            guard let bounce = Bounce(Array(bytes[..<length]), file: name) else { continue }
            #expect(bounce.recipients.count <= whole.recipients.count)
        }
        var state: UInt64 = 1
        for _ in 0..<1_000 {
            var damaged = bytes
            for _ in 0..<4 {
                state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
                damaged[Int(state >> 33) % damaged.count] = UInt8(truncatingIfNeeded: state >> 20)
            }
            if let bounce = Bounce(damaged, file: name) { #expect(!bounce.recipients.isEmpty) }
        }
    }
}
