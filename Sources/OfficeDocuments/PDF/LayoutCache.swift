import CPangoCairo

/// Texts that were broken into lines, kept for the next time: a document asks for a line's height before it draws the line, and
/// letters have most of their lines in common.
struct LayoutCache: ~Copyable {
    struct Key: Hashable {
        let runs: [Run]
        let style: TextStyle
        let width: Double?
    }

    /// Texts of one generation. A letter has about sixty.
    private static let maxLayouts = 256

    /// What was asked for since the last change of generations, and before it. What is asked for stays.
    private var young: [Key: OpaquePointer] = [:]
    private var old: [Key: OpaquePointer] = [:]

    deinit {
        for layout in young.values { pangocairo_unref_layout(layout) }
        for layout in old.values { pangocairo_unref_layout(layout) }
    }

    /// A layout of which the caller has a reference of its own.
    mutating func layout(_ key: Key, _ make: () -> OpaquePointer) -> OpaquePointer {
        let layout = kept(key) ?? keep(make(), key)
        pangocairo_ref_layout(layout)
        return layout
    }

    private mutating func kept(_ key: Key) -> OpaquePointer? {
        if let layout = young[key] { return layout }
        return old.removeValue(forKey: key).map { keep($0, key) }
    }

    private mutating func keep(_ layout: OpaquePointer, _ key: Key) -> OpaquePointer {
        if young.count == Self.maxLayouts {
            for layout in old.values { pangocairo_unref_layout(layout) }
            old = young
            young = [:]
        }
        young[key] = layout
        return layout
    }
}
