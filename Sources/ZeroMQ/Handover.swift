/// Carries a value that only one may own, such as a socket, to the thread that will own it.
///
/// @unchecked Sendable: the value is put in before the thread starts and taken out by it, once.
public final class Handover<Value: ~Copyable>: @unchecked Sendable {
    private var value: Value?

    /// - Parameter value: given away.
    public init(_ value: consuming Value) {
        self.value = consume value
    }

    /// - Returns: the value at the first call, then nil. Calls must not run at the same time.
    public func take() -> Value? { value.take() }
}
