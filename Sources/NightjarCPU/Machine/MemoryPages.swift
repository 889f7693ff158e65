import NightjarCore
import NightjarPlatform

extension MemoryPages {
    /// The system's kinds in public words.
    init(_ kind: HugePages.Kind) {
        self =
            switch kind {
            case .gigantic: .gigantic
            case .reserved: .huge
            case .transparent: .transparent
            case .plain: .plain
            }
    }
}
