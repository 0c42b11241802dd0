import Crypto
import Foundation

/// The digest by which chains and documents are known.
public enum Digest {
    /// SHA-256 (FIPS 180-4), as 64 hexadecimal digits.
    public static func sha256(_ bytes: some DataProtocol) -> String {
        SHA256.hash(data: bytes).map { byte in
            let digits = String(byte, radix: 16)
            return byte < 16 ? "0" + digits : digits
        }.joined()
    }
}
