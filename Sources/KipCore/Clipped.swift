extension String {
    /// The text where it has at most so many UTF-8 bytes, else its beginning with “ …”, which has no more. A NUL becomes U+FFFD:
    /// whoever reads the text as a C string, as GRDB does, would lose what stands behind it.
    ///
    /// However long the text is, no more of it is read than what is kept.
    package func clipped(toBytes most: Int) -> String {
        if utf8.count <= most, !utf8.contains(0) { return self }
        let mark = " …"
        var text = ""
        var withMark = text.endIndex
        var size = 0
        // By scalars, as one letter can have any number of marks on it.
        for scalar in unicodeScalars {
            let kept = scalar.value == 0 ? "\u{FFFD}" : scalar
            size += kept.utf8.count
            if size > most { return text[..<withMark] + mark }
            text.unicodeScalars.append(kept)
            if size <= most - mark.utf8.count { withMark = text.endIndex }
        }
        return text
    }
}
