import Collections

/// Work that waits, in turns by asker: one that has much waits for itself, as each asker's first goes before another's second.
struct Turns<Element> {
    private var waiting: [Asker: Deque<Element>] = [:]
    private var order: Deque<Asker> = []
    private(set) var count = 0

    var isEmpty: Bool { order.isEmpty }

    /// Whether an asker has something that waits.
    func has(_ asker: Asker) -> Bool { waiting[asker] != nil }

    /// The waiting elements of an asker, oldest first.
    func of(_ asker: Asker) -> Deque<Element> { waiting[asker] ?? [] }

    /// Adds something behind all that its asker has.
    mutating func append(_ element: Element, of asker: Asker) {
        if waiting[asker] == nil { order.append(asker) }
        waiting[asker, default: []].append(element)
        count += 1
    }

    /// Puts something back, before all others.
    mutating func prepend(_ element: Element, of asker: Asker) {
        if waiting[asker] != nil { order.removeAll { $0 == asker } }
        order.prepend(asker)
        waiting[asker, default: []].prepend(element)
        count += 1
    }

    /// The first of the asker whose turn it is.
    mutating func popFirst() -> Element? {
        guard let asker = order.popFirst(), let element = waiting[asker]?.popFirst() else { return nil }
        if waiting[asker]?.isEmpty == true { waiting[asker] = nil } else { order.append(asker) }
        count -= 1
        return element
    }
}

extension Turns: Sendable where Element: Sendable {}
