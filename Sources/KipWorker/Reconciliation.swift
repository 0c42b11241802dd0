import Foundation
import KipCore

/// What a look into the world says of an effect in doubt.
public enum Reconciliation: Sendable, Equatable {
    /// It happened.
    case done(receipt: [UInt8])
    /// It did not happen, and the one who began it can no longer make it happen: the job runs again.
    case undone
    /// It cannot be told now; the broker asks again later.
    case unknown

    /// It happened; the receipt is kept as JSON, and is what `JobContext.once` gives back.
    /// - Throws: `EncodingError`.
    public static func done(_ receipt: some Encodable) throws -> Reconciliation {
        .done(receipt: Array(try JSONEncoder().encode(receipt)))
    }

    var settlement: EffectSettlement? {
        switch self {
        case .done(let receipt): .done(receipt: receipt)
        case .undone: .undone
        case .unknown: nil
        }
    }
}
