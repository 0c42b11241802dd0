import CZeroMQ
import Foundation

/// A pair of CURVE keys (rfc.zeromq.org/spec/26), each 40 characters of Z85. It never prints its secret.
public struct CurveKeys: Sendable, Equatable, CustomStringConvertible, CustomReflectable {
    /// What everybody may know.
    public let publicKey: String
    /// What its owner alone may know.
    public let secretKey: String

    /// A new pair.
    /// - Throws: `ZeroMQError` where libzmq was built without CURVE.
    public static func generate() throws(ZeroMQError) -> CurveKeys {
        var (publicKey, secretKey) = ([CChar](repeating: 0, count: 41), [CChar](repeating: 0, count: 41))
        guard zmq_curve_keypair(&publicKey, &secretKey) == 0 else { throw .last("make a pair of CURVE keys") }
        return CurveKeys(publicKey: text(publicKey), secretKey: text(secretKey))
    }

    /// The pair of a secret key.
    /// - Throws: `ZeroMQError` where it is none.
    public init(secretKey: String) throws(ZeroMQError) {
        var publicKey = [CChar](repeating: 0, count: 41)
        guard secretKey.utf8.count == 40, zmq_curve_public(&publicKey, secretKey) == 0 else {
            throw ZeroMQError(.invalid, "read a CURVE key: it is not 40 characters of Z85")
        }
        self.init(publicKey: Self.text(publicKey), secretKey: secretKey)
    }

    private init(publicKey: String, secretKey: String) {
        self.publicKey = publicKey
        self.secretKey = secretKey
    }

    /// The text of 32 bytes in Z85 (rfc.zeromq.org/spec/32).
    static func z85(_ bytes: [UInt8]) -> String? {
        guard bytes.count == 32 else { return nil }
        var encoded = [CChar](repeating: 0, count: 41)
        return zmq_z85_encode(&encoded, bytes, bytes.count) == nil ? nil : text(encoded)
    }

    private static func text(_ characters: [CChar]) -> String {
        String(decoding: characters.prefix { $0 != 0 }.map(UInt8.init(bitPattern:)), as: UTF8.self)
    }

    /// The public key alone.
    public var description: String { "CurveKeys(\(publicKey))" }
    /// The public key alone.
    public var customMirror: Mirror { Mirror(self, children: ["publicKey": publicKey]) }
}

/// What a client needs to speak to a server with CURVE: its own keys and the server's public key.
///
/// Its file is text, `public = …`, `secret = …` and `server = …` on a line each, readable by its owner alone.
public struct CurveCredentials: Sendable, Equatable {
    /// The client's own.
    public let keys: CurveKeys
    /// The server's public key.
    public let serverKey: String

    /// Credentials.
    public init(keys: CurveKeys, serverKey: String) {
        self.keys = keys
        self.serverKey = serverKey
    }

    /// Reads a file.
    /// - Throws: `CredentialsError` that names the file and what is wrong with it, never what stands in it.
    public init(path: String) throws(CredentialsError) {
        var status = stat()
        guard stat(path, &status) == 0, let text = try? String(contentsOfFile: path, encoding: .utf8) else {
            throw CredentialsError(path: path, reason: "it cannot be read (\(String(cString: strerror(errno))))")
        }
        guard status.st_mode & 0o077 == 0 else {
            throw CredentialsError(path: path, reason: "others can read it; chmod 600 it, or make a new one")
        }
        var values: [String: String] = [:]
        for line in text.split(separator: "\n") where !line.hasPrefix("#") {
            let parts = line.split(separator: "=", maxSplits: 1).map { $0.trimmingCharacters(in: .whitespaces) }
            if parts.count == 2 { values[parts[0]] = parts[1] }
        }
        guard let secret = values["secret"], let server = values["server"], server.utf8.count == 40,
            let keys = try? CurveKeys(secretKey: secret)
        else {
            throw CredentialsError(path: path, reason: "it holds no “secret” and “server” keys of 40 characters each")
        }
        self.init(keys: keys, serverKey: server)
    }

    /// The file's text.
    public var text: String {
        "# Whoever has this file can do what its key allows.\npublic = \(keys.publicKey)\nsecret = \(keys.secretKey)\n"
            + "server = \(serverKey)\n"
    }
}

/// A file of credentials that cannot be used.
public struct CredentialsError: Error, Sendable, Equatable, CustomStringConvertible {
    /// The file.
    public let path: String
    /// What is wrong with it.
    public let reason: String

    /// What happened and what to do next.
    public var description: String { "\(path): \(reason); “kip keys new” makes such files" }
}
