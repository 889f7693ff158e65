// Written by Scripts/generate-known-answers.py from Tests/Vectors; edit those.
import NightjarCore

extension KnownAnswers {
    static let rows: [Row] = [
        Row(
            algorithm: "cn/0",
            input: "782f053a5f2ecb6bdfc6619d6c97de37939d6e320ba39b2d3d56624efca5492f927bedf0fefaabd0f7c518",
            digest: "d196565931eed7d779ccab210665b522240044f68d9ac2b3f640cf6e24efb31a"),
        Row(
            algorithm: "cn/0",
            input: "de7d27ceda599b099efe413106ed732021bf6f6d36739fe477045427afc2c66980a6cdd393466810c6f193c107"
                + "1c19e1478185ac26941b43779ccb646c17862306005aa05098fda4bb9a2b41",
            digest: "c62544b34e3af6efc477f9b2b8cfe2d14fe58b790855770ab6ed8c112c1bf520"),
        Row(
            algorithm: "cn/0",
            input: "e22c69980af2af0975355b8fed4301dd759956f78b4259d23910bb8e32b115fe78eb73b38d65e9bc16c305197c"
                + "3555ce9e9f5912ec688faed1eff9c1132e0f4f59c2eeb18d90e984b934625415c44076",
            digest: "3334fc973899d8dd55ac57facdbe807ea5b6cc8e9a1cf489696c0dc01f86c190"),
        Row(
            algorithm: "cn/0",
            input: "536243d4f8917e8f5f996ae0f263abb208145fe7395ac0c25fee53bcc42845d87b0121c6fb1e605e598bb7cf69"
                + "68b67446cc23cb43e9f4e83c4f",
            digest: "294bec0bb72af2b529416d41ca39e00a01605b761860edcf093ae739b46b5c99"),
        Row(
            algorithm: "cn/1",
            input: "40fa041a6d53bf9e04e9a7fa020ce9f08aee4f5160e3e171961e6ebf0c1315cfb8e1191836fbbb83732076",
            digest: "d7e7a6eca0b456e0feff12c808822be2605f72c7c6860ce80496f7fb5402796a"),
        Row(
            algorithm: "cn/1",
            input: "6544cc6646f6b855747472964091d32a1236288aab4c6ffcb7caedae9a80d9fbbd7aba123553f6f5a6f5876496"
                + "58766815b889f25e1cb3110050bc8bbc2d4809d734dd971483d3f64b30332ebccf4ac25a685737ce43e33ef483"
                + "7095e3d9432be4f2fffd9262659e8fbfd4e31ed8f32b86191a56d8a096e6976595b8aee654",
            digest: "7654c23e67e6e808c281e0ffb8082ee37f46b5f87e7be03b40fbc700504f2a71"),
        Row(
            algorithm: "cn/1",
            input: "3229b4214c4f98fe8dbdce2eb8911ab3f46f349490bc3863929a875b1f82afe79ee63a52ab5ae7a0989d633c82"
                + "24e80288dbaa2e4cface385461a4dc0c5241",
            digest: "ea5a55cc15c7213fca1835e711940415016de09a885f2b7f71aca1e4d80b2785"),
        Row(
            algorithm: "cn/2",
            input: "b38e2e41699228cbd76437ff468dfa3c45405b0c29eea82338b2371da1545be14d548fedf7bbe34f47b850",
            digest: "809b56050adb33897f4a36687abbcf60f587d2676efd64c937bfcbf57d017f02"),
        Row(
            algorithm: "cn/2",
            input: "06fd5ea667ec8b7efdee77267a819b4a6715b60799da2fb0f7ce535f03ae1f07f77931698f1ceed4399b573d94"
                + "935e2096734cadea324d1585048fb1afb6c58e641879697cbbcce333b16286",
            digest: "c39b754319bea00c1c9f1f624eb1900eada66deceb9e15cd63eb21110e0972da"),
        Row(
            algorithm: "cn/2",
            input: "6049d61a98e391580b92dbc363f9cc764b0efc7a3aaec569a47d490ab29e3d9d99056376e323c9774a1fb3d4a1"
                + "8eb707ffd6e8d3ca02637b77252acebd7b41486228fa2b94bf0ea99f29fecd16",
            digest: "b5679ef11989d0cdeec72b7ef3c90c8ff375dd141985c1489055a119c96aa8f5"),
        Row(
            algorithm: "cn/2",
            input: "d64e492efa0cdd7721fdac203f383b45669372ee24caf0b0d909b9e4a5abc7ed6e722858d4e4fe30f64fadb8b6"
                + "264206179ea3543b02bd872fe9aa1a10fafc370b7b",
            digest: "bffb62973f50c5398e3ac909ecebcaf0cb4b244f333d2d4f758414bfd22ac616"),
        Row(
            algorithm: "cn/r", height: 1998714,
            input: "9d97925ff0d505633eafd7c9d48c5038c230c3d9175a9ce048ecd53a99c983650914fa917c5a19c33d2555",
            digest: "207f171f3c8b06d4cd8ae61e3dc9b4c8d8092269e54a1cc63f311464dd5188f8"),
        Row(
            algorithm: "cn/r", height: 1998714,
            input: "06ad66e60272a308ea431114fe292cb536641e9e178fe2d43f72573a68235f16aa119683c6c11359ee07cb5505"
                + "ca167881c8094082c60d57f0280dd203ad4a637c6a48e04f54f5f0957e7fdc",
            digest: "e1db33374aa998d7a847249305976eabc34aea70b68ce44b9864ba87a34ba373"),
        Row(
            algorithm: "cn/fast",
            input: "ffc8f448d1547173154f63420fe35cdb8a5ecc3eee8803b21c664f6d97159334e557869bce3b4a75465880",
            digest: "3f2379fdefec79b8a8e4b78aed9495ab6320b9b7dce7fa5c456c6e670e687ccd"),
        Row(
            algorithm: "cn/fast",
            input: "8ddf678871d91928e6ab603ab38d74207c2b8ec1e664ca1c1d36b41d28feb5ad49e33acf20d62c05fbc6a621a2",
            digest: "2fb0f41ce70a9ae1176d791740b12a18aebeb370a773e981a3481eeaf35b0463"),
        Row(
            algorithm: "cn/half",
            input: "458299e4d5b5583df12176da766d4d741064d71faf60cdd6f631f552ce7cc76af4c0093ccd522d99689ed5",
            digest: "f09935a00be30abf32d2946de6f7ca578b8e629f9f4323db41c9fb23d5ecb6cf"),
        Row(
            algorithm: "cn/half",
            input: "28e31882f1ccd198e7dee943f2f8d0067ab1efed80120d67b7ea0d8ae42ce98006ae19e5a95867fd79f83503ee"
                + "9c9ca5fdfbb001675d227a195e8cf78fac1b58383d7c2e93b8f73b76",
            digest: "2f6605520549ef270c3bbbf837ebfd3255795e0891c27521dc3bfa68f4a2fdd4"),
        Row(
            algorithm: "cn/xao",
            input: "03bd91eea8efb66c63ba9c14890e21b6036593e0dc3faef49a33361b273370af3ffbd0338423f7d4fa0fdc",
            digest: "20209a51ffe6296fac965a583bf942ab58c44475403c4f7937f771528210eb92"),
        Row(
            algorithm: "cn/xao",
            input: "86a4bee2f0244c6d174f1345a697418ce00423795e03cad401622f8dc403877bbf365cf35d62f5a26c56fac061"
                + "ee10b78d61ba163e1a477cd2bc3d722dbd0cb0bf",
            digest: "939308e678da8c5c268bc74da8c8f3ecfb713d649d4b6614848c1ffe12d99ead"),
        Row(
            algorithm: "cn/rto",
            input: "d20e75c1f969cedeeeb4c4506468ddfda46cbaefa163f731bd8b16daabb2d6cf76c346067f227876e1ed96",
            digest: "c64c79fa02d4d45696b2164b92341c524926ad68a1371c5cc7f98cbba67a9942"),
        Row(
            algorithm: "cn/rto",
            input: "8034e242bfeb4f559da7d93d3ddd4cd3ad18a870fd2e055896ad94de951303f31a86991e7396d9a38faa31156b"
                + "ce68056c2d37c57cd2c09e11916e1d53430d9c39eb6934",
            digest: "a0776b881cf71bcd115b1872c2930aa14ec05254dd8530cf7f8d1548c93d055f"),
        Row(
            algorithm: "cn/rwz",
            input: "a8adb0f57d783322cbd3dd09f9d9f47a25ddccc27c65aadd66059aade75f47a2c7dddf3e56d5026307b8fe",
            digest: "ec444405e01260a89dc7e7b09f340a7efcf4766951a200ff1faa38df79800bbe"),
        Row(
            algorithm: "cn/rwz",
            input: "cc04ae8144676fd7875771e28167b2255683d4cc1261fb5fe636f20d19fbfc91536ce8491ac93280df11429211"
                + "85c9df1e1a62b03ce14d0d69ca9614a02abc6881e403",
            digest: "13807a12318cca3bfebfbd8238887127110dc6d2ed62032e7d1737a9862357ea"),
        Row(
            algorithm: "cn/zls",
            input: "249c6111c12d496d630071fe2de2d73642da4ed37bd370bc4c3d428a749b85c056e99132190c0c9066f49f",
            digest: "d45d14741af98a39394053957b9d87b06d023af8b4f6a3a61d1846e24be1ebbc"),
        Row(
            algorithm: "cn/zls",
            input: "577677288c872cbc9bd9cf2698a6475fca387539d6f88d844523f20e3b07db83e876a52096ea2daa6ad96e3a67"
                + "5340c01a50a693cbdb1cb41a66533cf6a6025b792430f63f791384c101",
            digest: "f0d5f1ab638c80f1233cd242594a2be5251086a88982462317993617cf6b69e6"),
        Row(
            algorithm: "cn/double",
            input: "c6051ead3a867b00d7f9183640da76bb4745ada809a1997bbadf667d35311dd6a702b5ad366d9d576d48e1",
            digest: "57bf5d436b271252c74a5f7e6be59f02fd80a590ca566b3cc5df591d3e185bc7"),
        Row(
            algorithm: "cn/double",
            input: "e32371ca7ad8592051c6148edd0ef37bc0449dc939da9a41e676fdbea9e1f63c7550d9803505c022699b86a01d"
                + "b4c8a427a307c6fd8d43de5c250d579a",
            digest: "5165e2bf609c10571a0a9d3e37ff9e0e92a3e64f5fdff78d0d51d922f1b80eb3"),
        Row(
            algorithm: "cn/ccx",
            input: "d356699869411db930471f4cd9e204d440d9eb9e012a71cabaeb39e22d1d054e793e5c9b6e36cfbcec18b8",
            digest: "d4d6c5b417e45a514e2d8b0bb2f1b0ad302b9829edf8ef0cfdf64037f7d8601e"),
        Row(
            algorithm: "cn/ccx",
            input: "948c7b7862b38149a74934df18b20177afcf22b723b064224638fb0e2ff1f0a283dafea3824e046053327d6b2e"
                + "ab6a72127124",
            digest: "22a636650d026fe9652f62896ef14817f325c8f97eaf7f633e1bb5e934c2e392"),
        Row(
            algorithm: "cn/upx2",
            input: "4f53138b4f38c02ea29d7d448d1afd9c12819a4da7c729407cb61e238f000836b8b3901f5dd86553d73487",
            digest: "c5386aa17acfc84b152bce59624529f3f0da7f556b2ff566eb6f590b8428efc0"),
        Row(
            algorithm: "cn/upx2",
            input: "1f0cc67dbb2f240580ba89d89c77d0ec73c3e2c9ae828589919152c3b51caa592a6d2ba209fcd28eff914e8ecf"
                + "1a7abe8e1e4819",
            digest: "9d15025ca220eeb645e7f53e57c141e54cd4043bc2d3d9dbb7d908509ffdef3a"),
        Row(
            algorithm: "cn/gpu",
            input: "47f3705f4da5d8da92b414fa12e8a426c1e7cccda4dd170b6744823d5a5b26737e94606de238fb133a1e36",
            digest: "1f36fa8c6f41495db0c8f01a877952c93408a2a8c0ca7501fe6767fad1c8cd6c"),
        Row(
            algorithm: "cn/gpu",
            input: "449f32c37636f68754ec4d0dc619edc0cb42125a1ea3257973e3e6ccf64fde1d4416f8c479a9305419f0b42fbb"
                + "3bbf74805fe40480f967",
            digest: "b979d6073faa23c9c946181df408c4f2d28a1509f2b74a619eafb913a8824a65"),
        Row(
            algorithm: "cn-lite/0",
            input: "002100e62fe839f1122e57fb92cd27465e6b2fd745e8a960a7680d9dda39c6919c9bb4c66558a5e46127dd",
            digest: "b13821c8643d0887136a7c4a2c6da26c66f1eb7528ee8b6e88102ea1bd0ee608"),
        Row(
            algorithm: "cn-lite/0",
            input: "968e39d2476de090ed132cc0ca74b62d530e5117e9099d22faf5e2c6e49dce736b03cee718f98ac76098ff8955"
                + "3a921b378829083eff9e9896e923090ea0725086adfddfb8e9513bd8e8",
            digest: "ccf817b1b62a71dc9435194b9f69b3c8f883b1db5c7a4ff2c5a615db6de91e6f"),
        Row(
            algorithm: "cn-lite/1",
            input: "854d4b982932e972e8f75dd45bb93723f1b63f122d8bc007ac4882e5c7e63c71e640579332ebe1f7642d51",
            digest: "1223a8d190a78311e18e3e441b4af8ec42d65d8fe6685bfef68521c6a206c71a"),
        Row(
            algorithm: "cn-lite/1",
            input: "69d2e39bb62f821118fc719706433a963fe1ad4a1fe2eea6847debfdeab162de968c75bf4dcae62cde12952308"
                + "11",
            digest: "9c2cf8f5846225070ac7afb76c5232fec98f23081972df72e26fc5887e0d6316"),
        Row(
            algorithm: "cn-heavy/0",
            input: "42fa25d8149a5ab6df9a5d11e32a6594b3d1a7fee961caf354a31f87a30a872a197d93ba9879758fefc8ba",
            digest: "caa33970086d234d118f47913e89970929755ed915ba354266a307f45965034a"),
        Row(
            algorithm: "cn-heavy/0",
            input: "ea6732ab9b1c99ebdb6364761ea1b6e90df30ae635e4f68b80c4e1b65e36dd1277b6ee178312c8ab6b1940f0df"
                + "845985bdbae30b9bc7b4d8a159ed5d1a823603f72d2ceb927b7512ee3e",
            digest: "42126b73dd9310bd2f6edc6840a839e8120b35c6590c1bbc5a29cff5854cd724"),
        Row(
            algorithm: "cn-heavy/xhv",
            input: "2bc92d2f987301519a7bb53f8699c8c3df70ab9b20c5ea74d76edcd12f7ffc6f04eb12cafc72a717932de2",
            digest: "52741ea9e12918c5fd3f871adbfb4ebc012d660c2051d977fb97f98b6f04823a"),
        Row(
            algorithm: "cn-heavy/xhv",
            input: "0316eb5dfc6379732208f5cdd8ec1231eda6d322de3613ec09e2528973fe47505526de4062a8c4ed2c5df7d89b"
                + "3dadf12441fdcebdc30cf2a33c28cc",
            digest: "5c4ab5ea2e5e15a7cd974ae0ea84aa04f30e83bb795bb1aa87a80cceae50ec3c"),
        Row(
            algorithm: "cn-heavy/tube",
            input: "23a9e25f1d4fd3325d53bcc16d9813c6a4e1bb2801ea7e59ecbeb7953b569932762433687ba71af946c695",
            digest: "838bcf50167ddb521dd13305e93e21b9744980a89b95633d2fc8a9cdb2f86ba3"),
        Row(
            algorithm: "cn-heavy/tube",
            input: "7458122adc0e012bdb7a30d29ea0be01933553a3308170ff347da180b55455e9aea8098a68d0ea07955e8cf76b"
                + "15a5ba502beaaee1",
            digest: "b62ad030cec75292faaecf6d515ab5bac7c0394ba351595edea53eee59e7fd18"),
        Row(
            algorithm: "cn-pico",
            input: "eb0f1274b2a2352d49b978f502fe0855f19caa398eb5c198398765f4169b39b67e8a9c63b99bee1b042c21",
            digest: "48fc590f2e1c1d84b4e55e7a8093a7e028971412920efcff54bb028436191a11"),
        Row(
            algorithm: "cn-pico",
            input: "f64610e721a62e7217b04222e408ef82513902f68f957070123651b67b79ca36a0aa92dcda523e149251909608"
                + "9c21cbb0c200e8c7f1ee77aeec3bd8740c8ed509cb2cd5c79fb173943f",
            digest: "214583bed51cbd9a2bf62f870dd8fb885e2a015a3b0cfd95bdf58c9ebce7c71b"),
        Row(
            algorithm: "cn-pico/tlo",
            input: "4610192d13b8e57e0dd8e9d84b3f0e25cef67358628355b372c82d431f6ceab0a3f92bf2eb127fb1f3d753",
            digest: "1d86077d762f511e9761c770665a81b71f31879dfd129e8c2e2f2ab8ec914d8b"),
        Row(
            algorithm: "cn-pico/tlo",
            input: "65b572defdfc0d5dcf1422665574b172f3b20df76f199fe86529aad3c47b5c9b5d5c6f7fda6ba29cc65e6f78a2"
                + "f07b006358f629fcebb4c31eba56785b461bb5c13ec810bdf4",
            digest: "981d332c68ee8e484cf14ae4debfaf6cb612b30da1a7b12edfaf08d0ef5fc523"),
        Row(
            algorithm: "rx/0",
            input: "d8d2fa6196c68d72c99688551c9849c979c3fdaa7ff21c0961e93237a85e9d200aa5d33c53282cb58b5c43daf0"
                + "d8f295e992b64a55738709c7990a6cf30b5dde425c6ce13554fa806cd832cbd78909b963c206de34932e0db1cf"
                + "6ced0e46279e4d443c96a14e8805",
            digest: "b0c0994407ff7275ce2587f28bd225095c2c1af2a186c446785404315770deaf"),
        Row(
            algorithm: "rx/0",
            input: "5f9b4138d45bd8cf2d744b88e4318de94fe178d8eb7e5f360336a151486b446c612cb90b9b6ed60a4f1a16ff41"
                + "0c009915456a29dedf928cdc2ea9655289b9236422fa20a92492b41091f3817cd291196b5ba3a5b0a9630a427c"
                + "fd77b1057bb2e1f1f4631ed1ac252faee3ea98e675c7ade041239253116b29ac16533af747e3f336123f8f5699"
                + "cd0bcb0d89d5fa04aadf6c32e89923d57cdc8596d730113a2c7fe580dc7f26273c5c7d12d6eef5e31dc56adf69"
                + "722c764b48ea9f",
            digest: "3d234c9c3850a5b7f7bbb13a980ccb463294075cbd9f56da8ebd9dd26d52d19d"),
        Row(
            algorithm: "rx/0",
            input: "2af755215aa2a278e5fc122d75b3198cda8d965bcdabf4c5be7ffd5c34c21664a70680c6575ab84c45eb8bad15"
                + "f7c2a3ea246ce5bc6159cd413a49dbd61d0bcae2d3c11d5941d3997260d84c73186f1bd928c09318082507cde7"
                + "88f14b596fd242cdfbc9ca1243bf11fc6fbe472fb0e23cf1cc6db2460e1f3e9a6119386a6b5b04c14b38550e9f"
                + "eaf0e75dcdcc43fdf3d29b",
            digest: "cd5944bb2e52cd42b3502fb9cf35d7b665656171259b8c761cc074609041c6d5"),
        Row(
            algorithm: "rx/2",
            input: "97220aa400e91dfe3b43f68b2f690147fdf965cb27d843fcefd00336877cc7fca9be86f77e36142ec295a58205"
                + "21cf2a738eda902e46efd05ba60374fb00599e2d2826492bbb3e8d9fcec24554ddf5ad5f919febb013a06ba931"
                + "7be3c440f11e76ddb2196b24e4b4f4644e94ee1987a4105b9814f8131680a54b79aacb34b7e08cadfd2fe4b1c9"
                + "ac968c9e990d7bea7e3f279b9d4dea1203d3f0a41c82c2051008d29c02f6eb9aebed9823d913baa579c0b5c6a2"
                + "76333d22163846",
            digest: "57c91ff8a94408b85b2ec14a4b065e6775892177d23637d7a0d2be8ac0053383"),
        Row(
            algorithm: "rx/2",
            input: "406810f38d2597188f8cec195f1f0dd68584839ac2c80ad288f402ccbef921e5d9451028396d436b05a099750c"
                + "0db504636eebed7312b7661b007cfa83e6332c6b3c8b330d8fbe3393de4bce2790ad878efd009b793917d66e87"
                + "a02d285d8acfe8157dc5bd45f705fb1d116c2a4d0de3efb033daaf307f2f6c96ba3dc9daa4a26e0bde5ed19093"
                + "d5afd2107109aa2d7964eda696f3ccafd09786414a7f6575a4f0f20a7afff6",
            digest: "706415c04c2630331435a5b944e35d34e165c82b842e1415c0df8fa1d1821026"),
        Row(
            algorithm: "rx/2",
            input: "bed4025157ca4f622aaf58dca6da87455efbfce3f66aca9718d35807b460b2fd65cadfb6f603ee216cbed09203"
                + "db95e1e49a9032693289921928369f6c2ab05045882f79e99f9274b20851a51045ae9b33d1b8b6e5c89006aacf"
                + "3cff4a53a41ad00a991bb0bb6e0fcc639b00afd2fbec5b4d98af61481452a7184afaeeeea0cb552b8bc0205921"
                + "b0ba8d7ee17428236cc7c82b221f958ab26501bc9ee6aafc359555be7bd29c8ffc358f4912ada6f82a5f08e855",
            digest: "3dc6bb0b7149be3b78f592fcc319346bcebd96ddd2bb982e9b58b640ada9d5db"),
        Row(
            algorithm: "rx/wow",
            input: "53c53ecef658df5196b620dc55bcc3561f0c4ca28657229c31a4dd9ae99c35908f0071251253c011aab9a89f11"
                + "1439167cc6f02803dee06983142136d3913f7ba924323df3cfc15166194b9470bc5502f3ebee214c7f9c7248f7"
                + "7187bcdc2c14613b2e61d4d9e4bb46ea5d70eebc42d7707cee399a2849aa9014b0c367cad726658b9298d26fb8"
                + "cf574866a283e1536211ea0c6ce12486550ee8b6360e0eabe990cfc34048ee95db70ea666611e94798",
            digest: "8bcbe3c9e9b96f4ec4a4f9704a9666a9768a62de598d96174be9d8712913f093"),
        Row(
            algorithm: "rx/wow",
            input: "607fb3f0c759e10997ad8373e654bee7b68f5cb165a9925357b39b8916385129fe2a448903a1d29974e7008d90"
                + "56c89bc7681d00f12e452acd4d6a1ba943cc11cd612e77d6c7a31058c5cc2f96f1943cb2854b",
            digest: "fdb66b9b17c7893b40512c57f0d6be1b1566c2d519f61157fa802880b576000d"),
        Row(
            algorithm: "rx/wow",
            input: "c338c8188cd6262b0789825031c87897013e8672022b49e97ba064db45db385ad8f1353620450f711cb294e1b0"
                + "c44e9af8bce8deb12f06666123f484a867c15379a2f0682943db0e82667c54361df690f51c4c74620edfac6464"
                + "6a805ce5b1c30ea58e8683de6d14fe4b16c5548d80faf66039baecd8a9de1c79304ec2dad8eedba1a785894807"
                + "5de8a7729c96d57d6501e6e2c6647bee42a8983f73af9c4767e5d5ee4c088f0a6791d2bad106e49d6e2442cdff"
                + "4af7ec6e489d88557bfdaa31e08729",
            digest: "372f3eb448a5d0b51470da366ff4396781c9ce36222b18f91cc60690965a90bb"),
        Row(
            algorithm: "rx/arq",
            input: "d77dfab2b56f9e24d34930b09dd98f04d47e708b615bcc045d46b799e202c5901365aeb579d596702b2961adff"
                + "da7c9e647079c9b7d5def4e3e155ba11cd32bb8147dca58d7b7c5ae8f626ca413d33918b7ee47f3c",
            digest: "4a88540a3c17d0b5d76ca572211963b04150d67c62fbb921803f9b551a627feb"),
        Row(
            algorithm: "rx/arq",
            input: "d10a9544cfbb0b3ec2ecd22d4e8c564fc20861eacb6b02626f3220efc7eb5705cc2f6419335f33936b3c75aeab"
                + "785bda82dc01570e47fcbeca4ab3b978b64062f58144b852acb6ac67ff4db3a2534a752a55f7c49235fc4614d2"
                + "afbfa9063fece8ee963bdb0b7ee1dfbd71d79de0d1ff207a98969c02d258e636a9caf41ad6e5ac816adb43c98d"
                + "7afd6f8560b517f423ae5a1a109bb9baff14afdad8d2f8791fb7",
            digest: "56bd268008cca0382b57ec911705bb8f541f83fc2a850d877c6262d0c391e304"),
        Row(
            algorithm: "rx/arq",
            input: "b67b0a6b215866ee274eec3ebb7ff9ad07fcebd97328ddab11f0917e7845c5a401d3838a1b8c248dfd5bc68cc4"
                + "b4d8f9a6965e7042cc3e027e237538a54496f1b02835d37bf227711a6d86ba13c892ce8efc16668844e20171cb"
                + "0de6e529e2b8598379919ed081b2bf02db1b37792e9055a5edfd860cfcf19d575a3a8f00dfaedbf3e5b63a16e4"
                + "05f8a2f5fef7b9a11bbea6b80c9690d2d5957730c884069f17e2dc5318d6621a2463641945",
            digest: "85f84c20027926e31783682e231f6e653491abdbac986ac8076e0153822a55b0"),
        Row(
            algorithm: "rx/graft",
            input: "1e0535b1dcfcbb36b19b1e04071f70e38944831034d5bda14e71e6e296b0dc878bcf77fc836413057271966b52"
                + "70f38a118b3c40cdae386495b55cd19163a09a37052c74d3c0f97d1544fb9252b39dae42a7cdcf231cc31aedfd"
                + "a41faae77bd45631eb01ecc2f2643c5ad87363acbb692462ed7ce7cbec739b68d6a50d78ecc8c497f2a8e91fd1"
                + "2014fb6f75baf8ea4b39694d737ba0d45fda46e4e0e67f63acf56d8bd2f087230a0e39e5edcd9bb362e2ae7fa0"
                + "c2f1bb2892b68686d5b4fc",
            digest: "1d1b8ae018403a92a792116802a2a26ed90dad4d1a03c495d61842176f5d9898"),
        Row(
            algorithm: "rx/graft",
            input: "602013c8b8ff08b5a9a1c34b7371ab9a3376c2faf898e014e8092d068c75a7083fc4923b354728199764fb5bca"
                + "1ba7d9c19c892b9c9409e62b1e191fbb627d632830c65dddd149a9424b96728f651cc8568c9d5f3fda50bbb13f"
                + "20ab315edc49d530dc46c91dcc90e97abbc88b997b219a61adfe05996d38d5c295ef23a6106390392b57b1734d"
                + "cadca2",
            digest: "31211969c70f18d84844b14ac966625500724e68363377e66bd65dfb2b38b206"),
        Row(
            algorithm: "rx/graft",
            input: "b47aadb873209c2f7630538a648a7b301f78d31d581c7a223919fccab0c3a0c480702208ed8ea7c12fac67924e"
                + "72ee8f5fc4033206c0a668cca570f5ae1e730b417547ad7eea3047bac13ac13d359dae19451f902a10cf967158"
                + "c204bb35d7b7583ed913b2e36ecd43f2d8b603643bdd3552b99ade76c04d168c9a76f3ed81fa9da0140e54d56e"
                + "b700bc",
            digest: "4f53115925daddf5bad60d9c6768b153c8e01efc94b918520a9be49f01a0ef34"),
        Row(
            algorithm: "rx/sfx",
            input: "363cd7ed3f6196918f5671a6be8cc2bfbc4c30adb953febf986e26cd72c20f7355399e15b635e209181d204dca"
                + "6893680e65741e76af09c7ea667b425366f5a5c9b60ec6b7e0175f7f7f90128a0b71eb7bdfd4b7b2fb3721a7f0"
                + "8d1b4739240bb943554130428f32fa94f83f938482a2693065be05ac6defab78a896cdd027a0b865fb971c2f64"
                + "bdd677beaa29ea1d4ac830fa558ab4df26db318688e55191dc44f9fb038e3715d2dc435a23c8f61976e974132d"
                + "345513",
            digest: "03640f5b2d15d472b4beba3d0cfa61ab18c97602b72831161f01e0e93b04c387"),
        Row(
            algorithm: "rx/sfx",
            input: "f8c500709058286851f10c1de58f701dca1c77f53e8320c2134ca0c91d6e860e86bb5fd6274e57bdbb51ad1f3b"
                + "04ea8815f6d289ee8aa67d58b551836dc5e8db1f3e8aa4055ff87aa77edfeefb3205bc36a1809e321f59195fc2"
                + "c9bed6aba30691e9bfc7c3e64556cb2485992630dba0f3364c20626f2d2cb287b80f704bef8a7e240a263862d2"
                + "7119937b426fd37d3db5bd547b006b1cef31e4222ca075246c7a63d5bdea9672",
            digest: "d556d442e75f1f3193f6b15974722dab030b0397a31b4defdf0b1942cdfd2717"),
        Row(
            algorithm: "rx/sfx",
            input: "3eae406e28d35c46efd06987dcd89897dfdf39b682dbfd7b9899b1c53dfd9d316a0bbd80b4354b423226d2ff1d"
                + "87b6b59da837208137be05fb4e9a369c9bf2ce8dc5f1c4b3915a6270836ab11ae2d41d45157b01092c37dca34e"
                + "c07dcf6b6d6b4061e565b47b883307764a35ed5538940a99a0ea55d087ab3f9ee9e49a34cfdececb7b746f315f"
                + "38598ed79b5781bfe4340657d24de42d4d38c5d0afd39ef6ac864f3020928796d671de1d5d479bd222f1c040cf"
                + "ba80b9",
            digest: "f66b391d657e598ba8a3594513e2c9faea7624069297952c93fbb9382e65abd5"),
        Row(
            algorithm: "rx/yada",
            input: "217f3973ce21623c65b02681d06b43c63a41021d0d9dbe3bcb8bbfa2f568ae047d74ad56820c66c5f4c988b14b"
                + "364ff837762fe767978daee4d6b3b41fee426517fca83e4752d8a71cd78a9f35eaaaa286e9f10c8a464e5b16a5"
                + "14e5f85bc084e3705462c5a564126030ae9913579e0d4290559808b5d6f89f9f8b03bcbf874470f072ae10fcdd"
                + "098b35a8e3171a2913861308b1918fa59ef7d28c6183209f2f37dd9cc1bf3d76c15ee94a",
            digest: "5b718cc19e994676c9debb2e5acb20bc77092a6a54e6963766afb59dcebb215a"),
        Row(
            algorithm: "rx/yada",
            input: "124c8da6854b7ce572bfd1eaafa678a8499feae3705480449698052bb2cbad22b5f4f492f588d8e178c79405de"
                + "a032e0a790c72a42c7ed2d80b16db4084b185d9c028b400a2f15d2f34b233d356674bc4d7328414b1528121714"
                + "b3fe6b205762ff8826d2e7b0c2e038b7d5a8ae422ea34daabcfef661a422ac4b72acc94342c4",
            digest: "0d9076c13ccbfe0c55b5231b4d7dc1209cc5ad68d487e5c635c47a08b6733395"),
        Row(
            algorithm: "rx/yada",
            input: "858320e83939fdc121a5fdae3fcef8d26d3e785bb796ae77861d3d93ee976f820d2de7f8b30075a1fd967e1c81"
                + "7cea4f64e58d012dc0a0b1c7d42da81d82bd3e59600a234903710f5a8f2c956473e736d16f05617d450ebb810e"
                + "3117d942846b4c7e803aeae99c29df17e14cba7fd6743f730fc99570a2aadf22b73855319252e3b20a318cae66"
                + "a25b2e4d25b9a50b809e7a52b0333532bc",
            digest: "820273d0d3bfcb311ee7bfeff8dde0146a83f28b77b14a42d84b7384ea7a32d3"),
        Row(
            algorithm: "sha256d",
            input: "97bb5ab10a0adb7ecb16f01b8d92fe6c04741432892a2499fda677aaad630acb4f1ae60e44031e063b08775e14"
                + "d25b6a9d8a571a214629d1c45f8b0f36cc9aa235e767cd9a685834bc2392335b9c1d47",
            digest: "f4da7cb08d48bf497c8fc5917b3520f6988c716057e0d552f0c63b920281d4b1"),
        Row(
            algorithm: "sha256d",
            input: "c75cdbfb2d3bf948e5f35f61aaec91c9006622d6528917bc8bece1d39fa44d42037bd58bd360bb24bb43cd946e"
                + "97220152ec433e6e890687cc710d39f7bff4203d48a8edf51ce581beaa3b2b25fa77e3",
            digest: "5fb165d895672a6356e964a50c98c12e4b12105991ad73e1fa33d865f1302496"),
        Row(
            algorithm: "scrypt",
            input: "aa4d022157e1bd52d16650c955101f89c7f7b11d9bb2b16a400091a4ce471307ba697da2c4b3879751c14ab09f"
                + "1ba894496e2e17495d176d4159cc8c859747e009fa42f14571fd660ece9821e6ade50a",
            digest: "5d4ad599e9482416a22f07cd512e64e52bce5f5d4c98662565f46e6b7ede7ffd"),
        Row(
            algorithm: "scrypt",
            input: "6a40432d3f9c5d409870466da1e421f03742fe46e77d094f7e90adebcfe82659e083abed22a518bc623c02919c"
                + "9e72f373ca1f8fa20ffd4a5b68db3257d9a8b393c6f522315dffd097e6e0ad362c3ade",
            digest: "81d36d1c91153239222b41c3da84529c85aea81147769dc454d1494d12aa9d60"),
    ]
}
