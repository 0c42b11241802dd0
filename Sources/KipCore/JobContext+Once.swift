import Foundation

extension JobContext {
    /// Acts on the world at most once for a key, in this and any later attempt or job.
    ///
    /// The broker has the intent on disk before the block runs, and its receipt after. A key that has a receipt gives it
    /// back, and the block does not run. Where the worker is lost in between, or the block throws, nobody knows whether
    /// it happened: the job becomes `uncertain` and is never tried again by itself; a reconciler (`JobRegistry`) or a
    /// person (`kip effects resolve`) decides. A block that knows that nothing happened throws `EffectDidNotHappen`: then
    /// the attempt has failed as any other.
    ///
    /// Calls of one attempt for one key take turns: a second one waits for the first and gets its receipt.
    ///
    /// ```swift
    /// let number = try await context.once("mail/\(letter.key)") { try await mailer.send(letter) }
    /// ```
    /// - Parameters:
    ///   - key: 1 to 512 bytes; what comes before the first `/` says which reconciler knows it.
    ///   - body: the effect. It should take the key with it (as a Message-ID, say), so that a reconciler finds it.
    /// - Returns: the receipt, of this run or of an earlier one; at most 1 MiB of JSON.
    /// - Throws: what the block throws, or `EffectError`.
    public func once<Receipt: Codable & Sendable>(
        _ key: String, _ body: () async throws -> Receipt
    ) async throws -> Receipt {
        guard !key.isEmpty, key.utf8.count <= Limits.keyBytes else {
            throw EffectError.invalid("the key of an effect has 1 to \(Limits.keyBytes) bytes")
        }
        return try await inTurn(of: key) { try await act(key, body) }
    }

    private func act<Receipt: Codable & Sendable>(
        _ key: String, _ body: () async throws -> Receipt
    ) async throws -> Receipt {
        switch try await ledger.begin(key) {
        case .begun: break
        case .done(let receipt): return try Self.read(receipt, of: key)
        case .inDoubt(let job): throw EffectError.inDoubt(key: key, job: job)
        case .void: throw EffectError.void(key: key)
        }
        guard !Task.isCancelled else {
            try await ledger.settle(key, .undone)
            throw CancellationError()
        }
        let receipt: Receipt
        do {
            receipt = try await body()
        } catch let error as EffectDidNotHappen {
            try await ledger.settle(key, .undone)
            throw error
        }
        try await ledger.settle(key, .done(receipt: Self.bytes(of: receipt)))
        return receipt
    }

    /// As the other `once`, for an effect that gives nothing back.
    public func once(_ key: String, _ body: () async throws -> Void) async throws {
        _ = try await once(key) {
            try await body()
            return true
        }
    }

    private static func bytes(of receipt: some Encodable) throws -> [UInt8] {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
        return Array(try encoder.encode(receipt))
    }

    private static func read<Receipt: Decodable>(_ bytes: [UInt8], of key: String) throws(EffectError) -> Receipt {
        do {
            return try JSONDecoder().decode(Receipt.self, from: Data(bytes))
        } catch {
            throw .unreadableReceipt(key: key)
        }
    }
}
