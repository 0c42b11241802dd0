import Foundation
import OfficeMail
import Testing

/// A real mail server (aiosmtpd) in a process of its own, which ends when this is gone.
final class MailServer {
    let folder: TestFolder
    let port: Int
    private let process = Process()
    private let input = Pipe()

    /// - Parameter options: what `Server/server.py` reads.
    init(_ options: [String: Any] = [:], certificate: Certificate? = nil) throws {
        var options = options
        if let certificate { (options["certificate"], options["key"]) = (certificate.path, certificate.key) }
        folder = try TestFolder()
        let script = URL(fileURLWithPath: #filePath).deletingLastPathComponent()
            .appendingPathComponent("Server/server.py").path
        let json = String(decoding: try JSONSerialization.data(withJSONObject: options), as: UTF8.self)
        // Debian's, which has Debian's packages.
        process.executableURL = URL(fileURLWithPath: "/usr/bin/python3")
        process.arguments = ["-W", "ignore", script, folder.path, json]
        let output = Pipe()
        process.standardInput = input
        process.standardOutput = output
        try process.run()
        var line = Data()
        while line.last != UInt8(ascii: "\n") {
            let more = output.fileHandleForReading.availableData
            try #require(!more.isEmpty, "the server does not start; scripts/setup installs python3-aiosmtpd")
            line += more
        }
        port = try #require(Int(String(decoding: line, as: UTF8.self).trimmingCharacters(in: .whitespacesAndNewlines)))
    }

    deinit {
        // Another child may have inherited the pipe, so that its end alone would not do.
        try? input.fileHandleForWriting.close()
        process.terminate()
        process.waitUntilExit()
    }

    /// What arrived, in its order.
    func messages() throws -> [(bytes: [UInt8], envelope: Envelope)] {
        let names = try FileManager.default.contentsOfDirectory(atPath: folder.path).filter { $0.hasSuffix(".eml") }
        return try names.sorted().map { name in
            let file = URL(fileURLWithPath: "\(folder.path)/\(name)")
            let json = file.deletingPathExtension().appendingPathExtension("json")
            return (
                Array(try Data(contentsOf: file)), try JSONDecoder().decode(Envelope.self, from: Data(contentsOf: json))
            )
        }
    }

    struct Envelope: Decodable {
        var helo: String
        var from: String
        var to: [String]
        var tls: Bool
        var user: String?
    }
}

/// A certificate that nobody has signed but itself.
struct Certificate {
    let path: String
    let key: String

    init(for name: String = "DNS:localhost,IP:127.0.0.1", in folder: TestFolder) throws {
        path = "\(folder.path)/certificate-\(UUID().uuidString).pem"
        key = path + ".key"
        _ = try Program.run(
            "/usr/bin/openssl",
            [
                "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes", "-days", "2",
                "-subj", "/CN=test", "-addext", "subjectAltName=\(name)", "-keyout", key, "-out", path,
            ])
    }
}

extension MailMessage {
    /// A digest with a calendar and a file.
    static func digest(
        to: [String] = ["noi-vu@quan1.example"], cc: [String] = [],
        subject: String = "Nhắc việc 29/3/2024: 3 việc sắp đến hạn, 1 việc quá hạn", attachments: [MailAttachment] = [],
        key: String = "reminder/noi-vu/2024-03-29"
    ) -> MailMessage {
        MailMessage(
            from: "nhac-viec@quan1.example", to: to, cc: cc, subject: subject,
            text: "Kính gửi Phòng Nội vụ,\n“một” & <hai>", html: "<p>Kính gửi</p>", attachments: attachments,
            date: 1_711_672_200, key: key)
    }
}
