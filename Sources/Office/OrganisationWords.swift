import Foundation

/// The words by which the name of a body differs from a person's: the kinds of bodies that the registers of businesses,
/// cooperatives, associations, schools, religious bodies and public agencies write, in full and short (Law on Enterprises
/// 59/2020/QH14, articles 37 and 39; Law on Cooperatives 17/2023/QH15; Decree 01/2021/NĐ-CP, article 88, for household
/// businesses). Single syllables that are family names (Đoàn, Đội, Đinh) are not among them.
enum OrganisationWords {
    /// What names of bodies begin with.
    private static let beginnings = Set(
        [
            // Businesses.
            "công ty", "cty", "c ty", "ct tnhh", "ct cp", "ctcp", "tổng công ty", "tổng cty", "tcty", "tct", "tập đoàn",
            "doanh nghiệp", "dntn", "dn tư nhân", "hộ kinh doanh", "hộ kd", "hkd", "hợp tác xã", "htx",
            "liên hiệp hợp tác xã", "tổ hợp tác", "tổ hợp", "chi nhánh", "cn công ty", "cn cty", "cn ngân hàng",
            "văn phòng", "vpđd", "vp đại diện", "vp luật sư", "vp công chứng", "địa điểm kinh doanh", "liên doanh",
            "liên danh", "xí nghiệp", "nhà máy", "xưởng", "cơ sở", "cửa hàng", "cửa hiệu", "đại lý", "siêu thị",
            "trung tâm", "tttm", "khách sạn", "nhà hàng", "nhà nghỉ", "nhà thuốc", "nhà sách", "nhà xuất bản", "nhà in",
            "nhà hát", "nhà văn hóa", "nhà thiếu nhi", "nhà trẻ", "quán ăn", "quán cà phê", "quán cafe", "phòng khám",
            "phòng giao dịch", "pgd", "phòng công chứng", "phòng trưng bày", "hãng", "ngân hàng", "nh tmcp", "nhtm",
            "nhtmcp", "quỹ", "quỹ tín dụng", "ban quản lý", "bql", "ban quản trị", "bqt", "chợ", "bến xe",
            "thẩm mỹ viện",
            "anh ngữ", "ngoại ngữ",
            // Health and schools.
            "bệnh viện", "bv", "trạm y tế", "trạm xăng", "viện", "học viện", "trường", "đại học", "đh", "cao đẳng",
            "mầm non", "mẫu giáo", "tiểu học", "thcs", "thpt", "cô nhi viện",
            // Public agencies.
            "ủy ban", "ubnd", "ub mttq", "ubmttq", "mặt trận", "hội đồng", "hđnd", "sở", "cục", "chi cục", "tổng cục",
            "công an", "bộ chỉ huy", "bộ tư lệnh", "ban chỉ huy", "bch quân sự", "tòa án", "tand", "viện kiểm sát",
            "vksnd",
            "thanh tra", "kho bạc", "bảo hiểm xã hội", "bhxh", "bưu điện", "điện lực", "đảng ủy", "quận ủy", "thành ủy",
            "đài truyền hình", "đài phát thanh", "tòa soạn", "tạp chí", "phòng nội vụ", "phòng tư pháp",
            "phòng kinh tế",
            "phòng tài nguyên", "phòng tài chính", "phòng lao động", "phòng văn hóa", "phòng giáo dục", "phòng quản lý",
            "đại sứ quán", "lãnh sự quán", "tổng lãnh sự quán", "khu phố", "tổ dân phố", "ban điều hành",
            // Associations and religious bodies.
            "hội", "hiệp hội", "liên hiệp", "liên đoàn", "công đoàn", "nghiệp đoàn", "câu lạc bộ", "clb", "tổ chức",
            "ban đại diện", "ban liên lạc", "ban vận động", "ban trị sự", "ban hành giáo", "chùa", "tịnh xá", "tu viện",
            "thiền viện", "niệm phật đường", "nhà thờ", "giáo xứ", "giáo họ", "giáo hội", "giáo phận", "tòa giám mục",
            "hội thánh", "thánh thất", "thánh đường", "đình thần", "dòng tu",
            // As exports without diacritics have them.
            "cong ty", "tong cong ty", "ngan hang", "doanh nghiep", "hop tac xa", "ho kinh doanh", "chi nhanh",
            "xi nghiep",
        ].map(tokens))

    /// What stands in names of bodies at any place.
    private static let anywhere = Set(
        [
            "tnhh", "trách nhiệm hữu hạn", "cổ phần", "cp", "mtv", "một thành viên", "hợp danh", "tmcp", "dntn", "htx",
            "hkd", "cty", "công ty", "xnk", "xuất nhập khẩu", "tm dv", "tmdv", "sx tm", "sxtm", "ltd", "limited", "jsc",
            "corp", "corporation", "inc", "llc", "company", "plc", "pte", "gmbh", "holdings", "cong ty", "co phan",
            "trach nhiem huu han",
        ].map(tokens))

    private static let longest = max(beginnings.map(\.count).max() ?? 1, anywhere.map(\.count).max() ?? 1)

    /// Whether a name begins as those of bodies do.
    /// - Parameter further: what else names of bodies begin with.
    static func begin(_ name: String, with further: [String]) -> Bool {
        let words = tokens(name)
        return (1...longest).contains { $0 <= words.count && beginnings.contains(Array(words[..<$0])) }
            || further.contains { words.starts(with: tokens($0)) && !tokens($0).isEmpty }
    }

    /// Whether a word that only bodies have stands in a name.
    static func stand(in name: String) -> Bool {
        let words = tokens(name)
        // “Co” alone may be a given name without its diacritics.
        if name.lowercased().split(separator: " ").contains("co.") { return true }
        return words.indices.contains { start in
            (1...longest).contains { count in
                start + count <= words.count && anywhere.contains(Array(words[start..<start + count]))
            }
        }
    }

    /// The words of a name as they are compared: `C.ty “An Bình”` is `c`, `ty`, `an`, `bình`.
    private static func tokens(_ text: String) -> [String] {
        folded(text).split { !$0.isLetter && !$0.isNumber }.map(String.init)
    }

    /// Small, composed, and the tone on the same vowel whichever of the two spellings a text has: `uỷ` is `ủy`.
    static func folded(_ text: String) -> String {
        guard !text.utf8.allSatisfy({ $0 < 0x80 }) else { return text.lowercased() }
        var folded = String.UnicodeScalarView()
        var last: Unicode.Scalar?
        for scalar in text.precomposedStringWithCanonicalMapping.lowercased().unicodeScalars {
            if let before = last, let pair = spellings[scalar]?[before] {
                folded.removeLast()
                folded.append(contentsOf: pair)
                last = nil
            } else {
                folded.append(scalar)
                last = scalar
            }
        }
        return String(folded)
    }

    /// The newer spelling of a tone by its vowel, and by the vowel before that: `ỷ` after `u` is `ủy`.
    private static let spellings: [Unicode.Scalar: [Unicode.Scalar: [Unicode.Scalar]]] = {
        let pairs = [
            ("oà", "òa"), ("oá", "óa"), ("oả", "ỏa"), ("oã", "õa"), ("oạ", "ọa"), ("oè", "òe"), ("oé", "óe"),
            ("oẻ", "ỏe"), ("oẽ", "õe"), ("oẹ", "ọe"), ("uỳ", "ùy"), ("uý", "úy"), ("uỷ", "ủy"), ("uỹ", "ũy"),
            ("uỵ", "ụy"),
        ]
        var spellings: [Unicode.Scalar: [Unicode.Scalar: [Unicode.Scalar]]] = [:]
        for (old, new) in pairs {
            let vowels = Array(old.unicodeScalars)
            spellings[vowels[1], default: [:]][vowels[0]] = Array(new.unicodeScalars)
        }
        return spellings
    }()
}
