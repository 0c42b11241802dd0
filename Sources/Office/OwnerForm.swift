import Foundation

/// The form in which names of owners are compared.
struct OwnerForm {
    private let abbreviations: [(long: String, short: String)]
    private let prefixes: [String]
    private let suffixes: [String]
    private let tails: [String]
    private let separators: [String]

    init(_ rules: OwnerRules) {
        func longestFirst(_ words: [String]) -> [String] {
            words.map(Phrase.normalized).filter { !$0.isEmpty }.sorted { ($1.count, $0) < ($0.count, $1) }
        }
        abbreviations = (rules.abbreviations ?? [:]).flatMap { short, longs in
            longs.map { (Phrase.normalized($0), Phrase.normalized(short)) }
        }.filter { !$0.0.isEmpty }.sorted { ($1.0.count, $0.0) < ($0.0.count, $1.0) }
        prefixes = longestFirst(rules.prefixes ?? [])
        suffixes = longestFirst(rules.suffixes ?? [])
        tails = longestFirst(rules.tails ?? [])
        separators = (rules.separators ?? [",", ";"]).map {
            $0.precomposedStringWithCanonicalMapping.lowercased()
        }.filter { !$0.isEmpty }
    }

    /// Small letters, single spaces, one kind of dash, the short form of what has one.
    func plain(_ text: String) -> String {
        abbreviations.reduce(Phrase.normalized(text)) { $0.replacingOccurrences(of: $1.long, with: $1.short) }
    }

    func withoutTail(_ text: String) -> String {
        tails.first { text.hasSuffix(" " + $0) }.map { String(text.dropLast($0.count + 1)) } ?? text
    }

    /// The words between separators.
    func pieces(_ text: String) -> [Range<String.Index>] {
        var pieces: [Range<String.Index>] = []
        var start = text.startIndex
        var place = text.startIndex
        func add(_ end: String.Index) {
            if !Phrase.normalized(String(text[start..<end])).isEmpty { pieces.append(start..<end) }
        }
        while place < text.endIndex {
            guard let separator = separators.first(where: { text[place...].hasPrefix($0) }) else {
                place = text.index(after: place)
                continue
            }
            add(place)
            place = text.index(place, offsetBy: separator.count)
            start = place
        }
        add(text.endIndex)
        return pieces
    }

    /// A name as it is, then without a word after it, without words before it, and without both.
    func variants(_ name: String) -> [String] {
        var variants = [name]
        func add(_ variant: String?) {
            if let variant, !variant.isEmpty, !variants.contains(variant) { variants.append(variant) }
        }
        add(withoutSuffix(name))
        var rest = name
        // “Mời Trưởng Ban …” has two.
        while let shorter = withoutPrefix(rest), !shorter.isEmpty {
            rest = shorter
            add(rest)
            add(withoutSuffix(rest))
        }
        return variants
    }

    private func withoutPrefix(_ name: String) -> String? {
        prefixes.first { name.hasPrefix($0 + " ") }.map { String(name.dropFirst($0.count + 1)) }
    }

    private func withoutSuffix(_ name: String) -> String? {
        suffixes.first { name.hasSuffix(" " + $0) }.map { String(name.dropLast($0.count + 1)) }
    }
}
