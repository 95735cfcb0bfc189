"""Settings of the steps a few people answer: `handle` and `cosign`."""

from engine.steps.setting import FITTING, Setting, choices, words

HANDLE = (
    Setting(
        "form", "表单", "form", "办的人要填的；一步一张，同一张表单几步可以共用", part="怎么办", required=True
    ),
    Setting("button", "按钮上的字", "text", part="怎么办", default="提交"),
    Setting(
        "prefill",
        "再办时带出上次填的",
        "switch",
        "退回来再办的，表单里先填好上次的内容",
        part="怎么办",
        default="yes",
    ),
)

COSIGN = (
    Setting(
        "seats",
        "谁来签",
        "designations",
        "一个岗位一席；每一席都要有人签，一个人不能签两次",
        part="会签",
        otherwise="泳道里的每一个人",
        parameters=FITTING["designations"],
        clause="LB-8",
    ),
    Setting(
        "need",
        "要多少人同意",
        "fraction",
        part="会签",
        choices=choices(all="全部同意", any="有一个同意就行"),
        default="all",
        parameters=FITTING["fraction"],
    ),
    Setting(
        "choices",
        "可以选的意见",
        "words",
        "第一个算同意，第二个是没有签成时的结论",
        part="会签",
        choices=words("同意", "不同意", "有疑问"),
        default="同意 不同意",
        parameters=FITTING["words"],
    ),
    Setting(
        "stops",
        "一票就停的意见",
        "words",
        "有一个人选了，会签马上结束",
        part="会签",
        otherwise="要全部同意时，除了第一个都是",
        parameters=FITTING["words"],
        words_of="choices",
    ),
    Setting(
        "explain",
        "要说明理由的意见",
        "words",
        part="会签",
        otherwise="除了第一个都要",
        parameters=FITTING["words"],
        words_of="choices",
    ),
    Setting(
        "substitutes",
        "第二人",
        "designations",
        "一个人兼着两席的，另一席由这些岗位的人签",
        part="会签",
        otherwise="没有",
        parameters=FITTING["designations"],
        clause="LB-8",
    ),
)
