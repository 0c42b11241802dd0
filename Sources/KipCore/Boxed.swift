/// A value that is kept outside of who has it: one word, present or missing, wherever that travels.
package final class Boxed<Value: Sendable>: Sendable {
    package let value: Value

    package init(_ value: Value) { self.value = value }
}

extension Boxed: Equatable where Value: Equatable {
    package static func == (left: Boxed, right: Boxed) -> Bool { left === right || left.value == right.value }
}
