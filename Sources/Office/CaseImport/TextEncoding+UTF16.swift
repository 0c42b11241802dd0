extension TextEncoding {
    /// Whether bytes without a mark are UTF-16: of text in which most letters are ASCII every second byte is zero.
    /// - Returns: true = the higher byte comes first; nil = it is not UTF-16.
    static func isBigUTF16(_ bytes: [UInt8]) -> Bool? {
        let head = bytes.prefix(4_096)
        guard head.count >= 4, bytes.count.isMultiple(of: 2) else { return nil }
        let zeros = stride(from: 0, to: head.count - 1, by: 2).reduce(into: (even: 0, odd: 0)) { zeros, index in
            if head[index] == 0 { zeros.even += 1 }
            if head[index + 1] == 0 { zeros.odd += 1 }
        }
        let units = head.count / 2
        if zeros.odd * 3 > units, zeros.even * 20 < units { return false }
        if zeros.even * 3 > units, zeros.odd * 20 < units { return true }
        return nil
    }
}
