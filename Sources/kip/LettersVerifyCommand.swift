import ArgumentParser
import Foundation
import Office
import OfficeDocuments

struct LettersVerify: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "verify",
        abstract: "Check the electronic signature of a letter, or of any PDF; exit code 65 where it is not valid.")
    @Argument(help: "The letter's key, the case file's code, or a PDF.")
    var letter: String
    @Option(name: .long, help: "The NSS store whose trust counts; default that of office.yaml (signing).")
    var nssDirectory: String?
    @Flag(name: .long, help: "Print an object for each signature.")
    var json = false
    @OptionGroup var officeOption: OfficeOption

    private struct Checked: Encodable {
        let signer: String
        let isValid: Bool
        let isTrusted: Bool
    }

    func run() async throws {
        let store = try nssDirectory ?? OfficeProfile.load(path: officeOption.paths().profile).signing?.nssDirectory
        guard let store else {
            throw Failure.usage("office.yaml names no store (signing.nssDirectory); name one with --nss-directory")
        }
        let checks = try PDFSignature.check(try bytes(), nssDirectory: store)
        if checks.isEmpty { throw Failure.data("\(letter) is not signed") }
        for check in checks {
            if json {
                try Terminal.json(
                    Checked(signer: check.signer, isValid: check.isValid, isTrusted: check.isTrusted))
                continue
            }
            Terminal.line(
                "\(check.signer): \(check.isValid ? "valid" : "NOT VALID"), "
                    + (check.isTrusted ? "trusted" : "not trusted by \(store)"))
        }
        if checks.contains(where: { !$0.isValid }) { throw Failure.data("\(letter) is not as it was signed") }
    }

    private func bytes() throws -> [UInt8] {
        if letter.hasSuffix(".pdf") { return try Input.read(letter) }
        let register = try officeOption.existingRegister()
        let key = try register.letterKey(said: letter).description
        guard let document = try register.document(key: key) else {
            throw Failure.data("there is no letter “\(letter)”; “kip letters list” shows those that there are")
        }
        return try register.signed(key) ?? document.bytes
    }
}
