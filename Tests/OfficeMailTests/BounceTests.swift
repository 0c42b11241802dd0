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
        let bare = report(original: "text/plain\n\nMessage-ID: <no.kip@quan1.example>\n")
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
        #expect(bounce(report().replacingOccurrences(of: "boundary=b\n", with: "boundary=c\n")) == nil)
        #expect(bounce(report().replacingOccurrences(of: "Multipart/Report", with: "multipart/mixed")) == nil)
        #expect(bounce(report().replacingOccurrences(of: "message/delivery", with: "message/disposition")) == nil)
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
