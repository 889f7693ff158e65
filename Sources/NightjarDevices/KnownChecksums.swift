// Written by Scripts/generate-known-answers.py from Tests/Vectors; edit those.
import NightjarCore

extension KnownAnswers {
    /// By algorithm and number of hashes.
    static let checksums: [String: [UInt64: UInt64]] = [
        "cn/0": [
            64: 0xB2B886C2164F0205,
            1000: 0xF8FD268111DB2AB3,
        ],
        "cn/1": [
            64: 0xE902B91F9952B23B,
            1000: 0xC932E0C343981BBA,
        ],
        "cn/2": [
            64: 0x08FBA97FB969BA43,
            1000: 0xD137FDDD40C76EA4,
        ],
        "cn/r": [
            64: 0x7EB5E3AAF5A6EC4C,
            1000: 0xEB38DDDF1BFC2DE4,
        ],
        "cn/fast": [
            64: 0x6643158BA28C1C3C,
            1000: 0xF9E918340DC80639,
        ],
        "cn/half": [
            64: 0xA7A38CF03B5019C1,
            1000: 0x38480EC7866335AF,
        ],
        "cn/xao": [
            64: 0x1BC98AEEE0348605,
            1000: 0x069E6F7A89CD2E02,
        ],
        "cn/rto": [
            64: 0x3EF80F4ACA6690FE,
            1000: 0xAF5EEA998F53F0DD,
        ],
        "cn/rwz": [
            64: 0x46CE10098DD94C33,
            1000: 0x345F446BEFF4342C,
        ],
        "cn/zls": [
            64: 0xA09B4A577A4900D2,
            1000: 0xF3A96DD8BCCC849A,
        ],
        "cn/double": [
            64: 0x0209E5457C49CFF1,
            1000: 0xBCF4CEF363414A4B,
        ],
        "cn/ccx": [
            64: 0x4EAB2384309F4BC1,
            1000: 0xE6485FD98FCCE6F2,
        ],
        "cn/upx2": [
            64: 0xE0017C34806EA123,
            1000: 0x1BEFFF6295222B23,
        ],
        "cn/gpu": [
            64: 0x9B9971482CCAD43B,
            1000: 0xE33E74742056FC32,
        ],
        "cn-lite/0": [
            64: 0x8347FD67D758EBF8,
            1000: 0x6E9B62D5B9AC0D75,
        ],
        "cn-lite/1": [
            64: 0x45F6C9D0C62BD4BF,
            1000: 0xE5DFBF5DFCD42E4F,
        ],
        "cn-heavy/0": [
            64: 0xE4653044E5404485,
            1000: 0xE98AB276A7307C88,
        ],
        "cn-heavy/xhv": [
            64: 0x8D93B0B408447A11,
            1000: 0xA0C6E687C1C2AFCB,
        ],
        "cn-heavy/tube": [
            64: 0xEAB3A972EDBE7361,
            1000: 0x195682EC4B8B0445,
        ],
        "cn-pico": [
            64: 0xC1C4FF6CCFB3F83D,
            1000: 0x382DD0EFD4FE15C9,
        ],
        "cn-pico/tlo": [
            64: 0x01E76F19D0EE1709,
            1000: 0x38992EF0B598CE51,
        ],
        "rx/0": [
            64: 0xACD87A07EC5C3DCC,
            1000: 0x956BF51555D7FC2A,
            10000: 0x4A597463865ACF0E,
            20000: 0xC82B490C757DA738,
            250000: 0x7D6054757BB08A63,
            500000: 0x96607546DE1F5ECC,
            1000000: 0x898B6E0431C28A6B,
        ],
        "rx/2": [
            64: 0x4E385C5217CBE371,
            1000: 0xF35A2A9FBD2FA41D,
            10000: 0x57D2051D099613A4,
            20000: 0x0BAE0155CC797F01,
            250000: 0x18CF741A71484072,
            500000: 0xCD8C3E6EC31B2FAE,
            1000000: 0x88D6B8FB70CD479D,
        ],
        "rx/wow": [
            64: 0x02389D2902BEE876,
            1000: 0x4C4944D57A1D6E8A,
            10000: 0x6B0918757100B338,
            20000: 0x0B55785C1837F41B,
            250000: 0xC7F712C9603E2603,
            500000: 0x21A0E5AAE6DA7D8D,
            1000000: 0x0F3E5400B39EA96A,
        ],
        "rx/arq": [
            64: 0xE76083CF9C24E74F,
            1000: 0xA4AE2E97FBF7CB12,
        ],
        "rx/graft": [
            64: 0xE5A91D2ECF8B37D1,
            1000: 0x17CB86790B1AD9F4,
        ],
        "rx/sfx": [
            64: 0xC9543E13FD98F902,
            1000: 0x2645CCA42630BC29,
        ],
        "rx/yada": [
            64: 0x28A77B45C9C3E245,
            1000: 0x0DF7580AB68C2A90,
        ],
        "sha256d": [
            64: 0x285BA9DC464E219F,
            1000: 0x5985C9B5144B20BE,
        ],
        "scrypt": [
            64: 0x8E2C3EC1297843A0,
            1000: 0x8908C9856135EF8B,
        ],
    ]
}
