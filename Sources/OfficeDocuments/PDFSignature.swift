import Foundation

/// The key with which an office signs: a certificate in an NSS store (`certutil`), as its certification authority gave it.
public struct SigningKey: Sendable, Codable, Equatable {
    /// The store's folder. It must be its owner's alone, and without a password: one would stand on the command line of the
    /// tool that signs, where every process may read it.
    public var nssDirectory: String
    /// The certificate's name in the store.
    public var nickname: String

    /// A key.
    public init(nssDirectory: String, nickname: String) {
        self.nssDirectory = nssDirectory
        self.nickname = nickname
    }
}

/// Electronic signatures of PDF documents (ISO 32000-1, 12.8), made and checked by `pdfsig` of poppler-utils.
public enum PDFSignature {
    /// What a check says.
    public struct Check: Sendable, Equatable {
        /// The certificate's common name.
        public var signer: String
        /// The document is as it was signed, and all of it was.
        public var isValid: Bool
        /// The store trusts the certificate.
        public var isTrusted: Bool
    }

    /// Signs a document, and checks that it is.
    /// - Throws: `DocumentError.signature` with the tool's words; then there is no signed document.
    public static func sign(_ pdf: [UInt8], with key: SigningKey) throws(DocumentError) -> [UInt8] {
        try checkStore(key.nssDirectory)
        let folder = try ScratchFolder()
        let input = try folder.put(pdf, as: "document.pdf")
        let output = folder.path + "/signed.pdf"
        try run(["-nssdir", key.nssDirectory, input, output, "-add-signature", "-nick", key.nickname])
        guard let data = FileManager.default.contents(atPath: output), data.count > pdf.count else {
            throw .signature("pdfsig signed nothing; is there a certificate “\(key.nickname)” in \(key.nssDirectory)?")
        }
        let signed = [UInt8](data)
        // Whether the certificate is trusted is asked when somebody checks: it may ask the network.
        let words = try run(["-nssdir", key.nssDirectory, "-nocert", output])
        guard let check = checks(words).last, check.isValid else {
            throw .signature("the signature that was made is not valid; look at the certificate “\(key.nickname)”")
        }
        return signed
    }

    /// Looks at the signatures of a document; empty = it has none.
    /// - Parameter nssDirectory: the store whose trust counts.
    /// - Throws: `DocumentError.signature` where the document cannot be read.
    public static func check(_ pdf: [UInt8], nssDirectory: String) throws(DocumentError) -> [Check] {
        let folder = try ScratchFolder()
        let input = try folder.put(pdf, as: "document.pdf")
        return checks(try run(["-nssdir", nssDirectory, input], mayFind: "does not contain any signatures"))
    }

    private static func checks(_ text: String) -> [Check] {
        text.split(separator: "Signature #").dropFirst().map { piece in
            func value(_ name: String) -> String {
                piece.split(separator: "\n").first { $0.contains(name) }?.split(separator: ": ", maxSplits: 1).last
                    .map(String.init) ?? ""
            }
            let coversAll = piece.contains("Total document signed")
            return Check(
                signer: value("Signer Certificate Common Name"),
                isValid: value("Signature Validation") == "Signature is Valid." && coversAll,
                isTrusted: value("Certificate Validation") == "Certificate is Trusted.")
        }
    }

    private static func checkStore(_ path: String) throws(DocumentError) {
        guard FileManager.default.fileExists(atPath: path + "/key4.db") else {
            throw .signature(
                "there is no NSS store in \(path); make one with certutil, or mend nssDirectory in office.yaml")
        }
        let mode = (try? FileManager.default.attributesOfItem(atPath: path)[.posixPermissions] as? Int) ?? 0o777
        if mode & 0o077 != 0 {
            throw .signature("\(path) holds the office's key and may be read by others; run chmod 700 \(path)")
        }
    }

    /// - Parameter mayFind: words on which the tool ends with an error that is none.
    @discardableResult
    private static func run(_ arguments: [String], mayFind: String? = nil) throws(DocumentError) -> String {
        let process = Process()
        process.executableURL = URL(fileURLWithPath: "/usr/bin/env")
        process.arguments = ["pdfsig"] + arguments
        process.environment = ["PATH": "/usr/bin:/bin:/usr/local/bin", "LC_ALL": "C.UTF-8"]
        let pipe = Pipe()
        process.standardOutput = pipe
        process.standardError = pipe
        do { try process.run() } catch {
            throw .signature("pdfsig cannot be started (\(error)); install poppler-utils")
        }
        let text = String(decoding: pipe.fileHandleForReading.readDataToEndOfFile(), as: UTF8.self)
        process.waitUntilExit()
        if process.terminationStatus == 0 || mayFind.map(text.contains) ?? false { return text }
        if process.terminationStatus == 127 { throw .signature("there is no pdfsig; install poppler-utils") }
        throw .signature("pdfsig: \(text.split(separator: "\n").first.map(String.init) ?? "failed without a word")")
    }
}

/// A folder of its own for a tool's files, its owner's alone, gone with it.
private struct ScratchFolder: ~Copyable {
    let path: String

    init() throws(DocumentError) {
        path = FileManager.default.temporaryDirectory.appendingPathComponent("kip-\(UUID().uuidString)").path
        do {
            try FileManager.default.createDirectory(
                atPath: path, withIntermediateDirectories: false, attributes: [.posixPermissions: 0o700])
        } catch {
            throw .signature("\(path) cannot be made: \(error)")
        }
    }

    deinit { try? FileManager.default.removeItem(atPath: path) }

    func put(_ bytes: [UInt8], as name: String) throws(DocumentError) -> String {
        let file = "\(path)/\(name)"
        do { try Data(bytes).write(to: URL(fileURLWithPath: file)) } catch {
            throw .signature("\(file) cannot be written: \(error)")
        }
        return file
    }
}
