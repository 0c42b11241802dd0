import Foundation
import Testing

@testable import OfficeMail

@Suite struct MailSettingsTests {
    private let folder: TestFolder
    init() throws { folder = try TestFolder() }

    private func settings(_ json: String) throws -> MailSettings {
        try JSONDecoder().decode(MailSettings.self, from: Data(json.utf8))
    }

    @Test("nothing set is the outbox")
    func none() throws {
        let route = try settings("{}").route(
            outbox: Outbox(folder: folder.path), record: folder.path, relativeTo: folder.path)
        guard case .outbox = route else {
            Issue.record("\(route)")
            return
        }
    }

    @Test("a server with all that belongs to it, paths beside office.yaml")
    func all() throws {
        _ = try folder.write("s3cret\n", to: "password")
        let authorities = try folder.write("", to: "authorities.pem", mode: 0o644)
        let server = try #require(
            try settings(
                """
                {"server": "smtp.quan1.example", "security": "smtps", "user": "nhac-viec", "passwordFile": "password",
                 "caFile": "authorities.pem", "localName": "kip.quan1.example", "timeout": 30, "connectTimeout": 5,
                 "from": "tra-lai@quan1.example"}
                """
            ).server(relativeTo: folder.path))
        #expect(server.host == "smtp.quan1.example" && server.port == 465 && server.security == .smtps)
        #expect(server.user == "nhac-viec" && server.password?.text == "s3cret" && server.caFile == authorities)
        #expect(server.localName == "kip.quan1.example" && server.timeout == 30 && server.connectTimeout == 5)
        let plain = try settings(#"{"server": "smtp.quan1.example"}"#).server(relativeTo: folder.path)
        #expect(plain?.port == 587 && plain?.security == .startTLS && plain?.timeout == 120)
    }

    @Test("a password that others may read, that is not there or no line is refused by its path, and does not show")
    func password() throws {
        let json = #"{"server": "smtp.quan1.example", "user": "a", "passwordFile": "password"}"#
        func error() throws -> String {
            let error = #expect(throws: MailError.self) { try settings(json).server(relativeTo: folder.path) }
            return try #require(error?.description)
        }
        #expect(try error().contains("\(folder.path)/password"))
        for (text, mode) in [("geheim", 0o644), ("geheim", 0o640), ("geheim\nx", 0o600), ("\n", 0o600)] {
            let path = try folder.write(text, to: "password", mode: mode)
            #expect(try error().contains(path))
            #expect(try !error().contains("geheim"))
        }
        _ = try folder.write("geheim", to: "password", mode: 0o400)
        #expect(throws: Never.self) { try settings(json).server(relativeTo: folder.path) }
    }

    @Test(
        "what does not hold is refused",
        arguments: [
            #"{"server": "a b"}"#, #"{"server": "smtp.example", "port": 70000}"#,
            #"{"server": "smtp.example", "user": "a"}"#, #"{"server": "smtp.example", "caFile": "absent.pem"}"#,
            #"{"from": "nobody"}"#,
        ])
    func refused(json: String) throws {
        let error = #expect(throws: MailError.self) {
            try settings(json).route(outbox: Outbox(folder: folder.path), record: folder.path, relativeTo: folder.path)
        }
        guard case .settings = error else {
            Issue.record("\(String(describing: error))")
            return
        }
    }
}
