import ArgumentParser
import KipCore
import KipEncryption

/// The keys with which payloads are sealed before they leave this process.
struct SealingOption: ParsableArguments {
    @Option(
        name: .long,
        help:
            "Encrypt payloads with the newest key of this folder (KIP_PAYLOAD_KEYS; “kip keys payload new” makes one).")
    var encryptWith: String?

    func middleware() throws -> [any EnqueueMiddleware] { try PayloadKeys.middleware(encryptWith) }
}

/// The keys with which payloads and results are read.
struct OpeningOption: ParsableArguments {
    @Option(name: .long, help: "Decrypt payloads and results with the keys of this folder (KIP_PAYLOAD_KEYS).")
    var decryptWith: String?

    func middleware() throws -> [any EnqueueMiddleware] { try PayloadKeys.middleware(decryptWith) }
}

/// Where the keys of payloads are.
private enum PayloadKeys {
    /// - Throws: `PayloadKeyError` where a folder is named that holds none.
    static func middleware(_ folder: String?) throws -> [any EnqueueMiddleware] {
        guard let folder = try Settings.load().text(folder, "KIP_PAYLOAD_KEYS", "payloadKeys"), !folder.isEmpty else {
            return []
        }
        // What is in the clear is shown as it is.
        return [try PayloadEncryption(folder: folder, clear: .accepted)]
    }
}
