import Foundation
import OwnThread
import Testing

@testable import OfficeDocuments

/// Electronic signatures, with a real store and a certificate made for the test.
@Suite(.serialized, .ownThread) struct SignatureTests {
    private let folder = FileManager.default.temporaryDirectory.appendingPathComponent("nss-\(UUID().uuidString)").path

    private func store() throws -> SigningKey {
        try FileManager.default.createDirectory(
            atPath: folder, withIntermediateDirectories: true, attributes: [.posixPermissions: 0o700])
        try Data((0..<64).map { _ in UInt8.random(in: 0...255) }).write(to: URL(fileURLWithPath: folder + "/noise"))
        try certutil("-N", "-d", "sql:" + folder, "--empty-password")
        try certutil(
            "-S", "-x", "-n", "kip", "-s", "CN=UBND Quan 1", "-t", "C,C,C", "-g", "2048", "-d", "sql:" + folder, "-z",
            folder + "/noise")
        return SigningKey(nssDirectory: folder, nickname: "kip")
    }

    private func certutil(_ arguments: String...) throws {
        let process = Process()
        process.executableURL = URL(fileURLWithPath: "/usr/bin/certutil")
        process.arguments = arguments
        process.standardOutput = FileHandle.nullDevice
        process.standardError = FileHandle.nullDevice
        try process.run()
        process.waitUntilExit()
        try #require(process.terminationStatus == 0)
    }

    @Test("a signed letter is valid and says whose it is; a changed one is not, and one without a signature has none")
    func signs() throws {
        defer { try? FileManager.default.removeItem(atPath: folder) }
        let key = try store()
        let letter = try PDFRenderer.render(LetterTests.form().document, pages: 1)
        #expect(try PDFSignature.check(letter, nssDirectory: folder) == [])
        var signed = try PDFSignature.sign(letter, with: key)
        #expect(
            try PDFSignature.check(signed, nssDirectory: folder) == [
                PDFSignature.Check(signer: "UBND Quan 1", isValid: true, isTrusted: true)
            ])
        #expect(try Poppler.words(signed) == Poppler.words(letter))
        signed[900] ^= 1
        #expect(try PDFSignature.check(signed, nssDirectory: folder).map(\.isValid) == [false])
    }

    @Test("a store that others may read, or that is not there, and a name that it has not are refused")
    func refused() throws {
        defer { try? FileManager.default.removeItem(atPath: folder) }
        var key = try store()
        let letter = try PDFRenderer.render(LetterTests.form().document, pages: 1)
        key.nickname = "other"
        #expect(throws: DocumentError.self) { try PDFSignature.sign(letter, with: key) }
        try FileManager.default.setAttributes([.posixPermissions: 0o755], ofItemAtPath: folder)
        key.nickname = "kip"
        #expect(throws: DocumentError.self) { try PDFSignature.sign(letter, with: key) }
        key.nssDirectory = folder + "/none"
        #expect(throws: DocumentError.self) { try PDFSignature.sign(letter, with: key) }
    }
}
