import KipWorker
import OfficeMail

extension Reconciliation {
    /// What a look into a folder tells of an effect.
    /// - Parameter receipt: what is remembered there.
    init(_ delivery: Delivery, receipt: DeliveryReceipt) throws {
        switch delivery {
        case .done: self = try .done(receipt)
        case .inDoubt: self = .unknown
        case .undone: self = .undone
        }
    }
}
