import Crypto
import Foundation

/// The digest by which chains and documents are known.
public enum Digest {
    private static let digits = Array("0123456789abcdef".utf8)

    /// SHA-256 (FIPS 180-4), as 64 hexadecimal digits.
    public static func sha256(_ bytes: some DataProtocol) -> String {
        var text: [UInt8] = []
        text.reserveCapacity(2 * SHA256.byteCount)
        for byte in SHA256.hash(data: bytes) {
            text.append(digits[Int(byte >> 4)])
            text.append(digits[Int(byte & 15)])
        }
        return String(decoding: text, as: UTF8.self)
    }
}
