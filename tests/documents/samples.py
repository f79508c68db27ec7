"""Documents as the rooms above make them, to prove the layout with. Names and facts are invented."""

import hashlib
import io
from datetime import date

from PIL import Image, ImageDraw

from dudao.documents.official import (
    Attachment,
    Column,
    Figure,
    FigureGrid,
    Heading,
    OfficialDocument,
    Paragraph,
    Signatures,
    Signer,
    Table,
    Verification,
)

ISSUED_ON = date(2026, 11, 22)
ORGAN = "株洲市天元区人民政府教育督导室"
CODE = "K7M3-X9PT-4WQD"

FINDINGS = (
    ("作业", "二年级（3）班语文教师布置家庭书面抄写作业，抽查学生5人均反映每周2—3次。", "较重"),
    ("作业", "八年级数学、英语、物理作业叠加，问卷平均完成时间118分钟，超过90分钟标准。", "较重"),
    ("课后服务", "课后服务仅开展至每周四，周五未开展，不符合每周5天要求。", "较重"),
    ("课后服务", "课后服务时段讲授新课，抽查九年级3个班均为新授内容。", "严重"),
    ("睡眠", "部分班级7:50组织集中早读，早于规定时间。", "一般"),
    ("安全", "教学楼二层东侧安全出口被课桌堵塞，灭火器压力不足2具。", "重大隐患"),
    ("食品", "食堂留样未标注时间、留样量不足，陪餐记录缺4天。", "严重"),
    ("欺凌", "学生欺凌防治委员会未召开会议，无处置记录。", "较重"),
)


def photo(number: int, size: tuple[int, int] = (1200, 900), quality: int = 85) -> bytes:
    """A JPEG that can be told from every other: a sky, a building, a number."""
    image = Image.new("RGB", size, (190 - number * 3 % 90, 215, 235))
    draw = ImageDraw.Draw(image)
    width, height = size
    draw.rectangle((width * 0.2, height * 0.35, width * 0.8, height), fill=(200, 150 - number % 60, 110))
    for floor in range(4):
        for window in range(7):
            left, top = width * (0.24 + window * 0.078), height * (0.4 + floor * 0.14)
            draw.rectangle((left, top, left + width * 0.05, top + height * 0.08), fill=(70, 90, 120))
    draw.text((20, 20), f"photo {number}", fill="black", font_size=60)
    out = io.BytesIO()
    image.save(out, "JPEG", quality=quality)
    return out.getvalue()


def signature() -> bytes:
    """A scrawl on a clear ground."""
    image = Image.new("RGBA", (600, 240), (0, 0, 0, 0))
    draw = ImageDraw.Draw(image)
    draw.line([(30, 180), (120, 40), (200, 200), (260, 60), (380, 190), (560, 80)], fill="black", width=9)
    out = io.BytesIO()
    image.save(out, "PNG")
    return out.getvalue()


class Pictures:
    """A loader over pictures in memory."""

    def __init__(self) -> None:
        self.bodies: dict[str, bytes] = {}

    def add(self, body: bytes) -> str:
        key = "evidence:" + hashlib.sha256(body).hexdigest()
        self.bodies[key] = body
        return key

    def __call__(self, source: str) -> bytes | None:
        return self.bodies.get(source)


def verification() -> Verification:
    return Verification(code=CODE, url=f"https://dudao.example.gov.cn/verify/{CODE}/")


def short_report() -> OfficialDocument:
    """A report of two pages."""
    return OfficialDocument(
        kind="REPORT",
        mark=ORGAN + "文件",
        number="株天教督〔2026〕12号",
        title="关于天元区泰山学校责任督学挂牌督导情况的报告",
        addressee="天元区人民政府",
        blocks=(
            Paragraph(
                "根据《教育督导条例》和《中小学校责任督学挂牌督导办法》，区教育督导室于2026年11月18日组织责任督学"
                "对泰山学校开展经常性督导。督导组通过校园巡视、推门听课、查阅资料、问卷调查和座谈走访等方式，"
                "实地了解学校贯彻落实“双减”和五项管理情况。现将有关情况报告如下。"
            ),
            Heading("基本情况"),
            Paragraph(
                "泰山学校现有42个教学班，在校学生1986人，专任教师118人。本次督导听课6节，座谈教师12人，"
                "发放学生问卷210份，回收有效问卷203份，有效回收率96.7%。"
            ),
            Heading("主要成效"),
            Heading("作业管理逐步规范。", level=2),
            Paragraph("学校建立作业公示制度，每周由年级组统筹各学科作业总量，教学处按月抽查并公布结果。"),
            Heading("课后服务内容丰富。", level=2),
            Paragraph("开设科技、艺术、体育等社团36个，学生参与率达到92%，家长满意率为95.6%。"),
            Heading("存在的问题"),
            Heading("课后服务时间不足。", level=2),
            Paragraph(FINDINGS[2][1]),
            Heading("安全通道管理不到位。", level=2),
            Heading("疏散通道被占用。", level=3),
            Paragraph(FINDINGS[5][1]),
            Heading("值班记录不完整。", level=3),
            Heading("十月份缺两次夜间巡查记录；", level=4),
            Heading("门卫交接班登记无签字。", level=4),
            Heading("整改要求"),
            Paragraph(
                "请学校自收到本报告之日起15个工作日内完成整改，并将整改报告书面报责任督学。"
                "涉及安全隐患的，应当立行立改，整改完成前采取临时防护措施。"
            ),
        ),
        attachments=(problem_list(8),),
        organ=ORGAN,
        issued_on=ISSUED_ON,
        copies_to=("株洲市人民政府教育督导室", "天元区教育局", "泰山学校"),
        printed_by="天元区人民政府教育督导室",
        verification=verification(),
    )


def problem_list(rows: int) -> Attachment:
    """The list of problems (问题清单): a table on its side."""
    columns = (
        Column("序号", 0.8, "centre"),
        Column("类别", 1.3, "centre"),
        Column("问题描述", 4.2),
        Column("责任单位", 1.6, "centre"),
        Column("严重程度", 1.3, "centre"),
        Column("整改要求", 2.6),
        Column("整改时限", 1.5, "centre"),
        Column("依据", 1.4, "centre"),
    )
    body = []
    for index in range(rows):
        category, wording, severity = FINDINGS[index % len(FINDINGS)]
        demand = "限期整改，提交整改报告和佐证材料"
        body.append(
            (
                str(index + 1),
                category,
                wording,
                "泰山学校",
                severity,
                demand,
                "2026-12-15",
                f"HW-{index % 9 + 1:02}",
            )
        )
    return Attachment("督导发现问题清单", (Table(columns, tuple(body)),), landscape=True)


def long_report(
    pictures: Pictures, photos: int = 30, size: tuple[int, int] = (1200, 900)
) -> OfficialDocument:
    """A visit report with photos, a table over pages and signatures."""
    captions = ("校门值守", "食堂留样", "教学楼疏散通道", "课后服务课堂", "作业公示栏", "体育活动")
    figures = tuple(
        Figure(pictures.add(photo(number, size)), f"图{number + 1} {captions[number % len(captions)]}")
        for number in range(photos)
    )
    scores = tuple(
        (
            str(index + 1),
            f"督导事项{index + 1}：{FINDINGS[index % 8][0]}管理",
            str(60 + index % 40),
            FINDINGS[index % 8][1],
        )
        for index in range(40)
    )
    table = Table(
        (
            Column("序号", 0.7, "centre"),
            Column("督导事项", 2.2),
            Column("得分", 0.7, "right"),
            Column("说明", 4),
        ),
        scores,
        caption="表1 督导事项评分表",
    )
    signers = (
        Signer("责任督学", "周敏", pictures.add(signature()), ISSUED_ON),
        Signer("学校负责人", "㛃𬭎", "", ISSUED_ON),
    )
    paragraphs = tuple(Paragraph(short_report().blocks[0].text * 2) for _ in range(4))
    return OfficialDocument(
        kind="REPORT",
        mark=ORGAN + "文件",
        number="株天教督〔2026〕13号",
        signer="㛃𬭎",
        title="天元区2026年秋季学期“双减”与五项管理专项督导情况的报告",
        addressee="天元区人民政府",
        blocks=(
            *paragraphs,
            Heading("评分情况"),
            table,
            Heading("现场照片"),
            FigureGrid(figures),
            Heading("签字确认"),
            Signatures(signers),
        ),
        attachments=(
            problem_list(200),
            Attachment("督导学校名单", (Paragraph("泰山学校、天元小学、银海学校。"),)),
        ),
        organ=ORGAN,
        issued_on=ISSUED_ON,
        copies_to=("株洲市人民政府教育督导室",),
        printed_by="天元区人民政府教育督导室",
        printed_on=date(2026, 11, 23),
        verification=verification(),
    )


def visit_record() -> OfficialDocument:
    """The record of a visit (督导记录表): a form, without a red head."""
    form = (
        Column(width=1.2, label=True),
        Column(width=2.4),
        Column(width=1.2, label=True),
        Column(width=2.4),
    )
    rows = (
        ("被督导单位", "泰山学校", "督导日期", "2026年11月18日"),
        ("进校时间", "08:05", "离校时间", "11:40"),
        ("责任督学", "周敏（株督证2024-031）", "陪同人员", "李建国"),
        ("督导主题", "作业管理；课后服务；校园安全"),
        ("督导方式", "校园巡视、推门听课、查阅资料、问卷调查"),
        ("发现问题", "\n".join(f"{n}. {finding[1]}" for n, finding in enumerate(FINDINGS[:4], start=1))),
        ("现场建议", "立即清理安全出口，更换灭火器；调整课后服务时间安排。"),
        ("学校意见", "同意。"),
    )
    return OfficialDocument(
        kind="RECORD",
        shell="record",
        number="编号：株天教督记〔2026〕108号",
        title="责任督学督导记录表",
        blocks=(
            Table(form, rows),
            Signatures((Signer("责任督学", "周敏"), Signer("学校负责人", "李建国"))),
        ),
        issued_on=ISSUED_ON,
        verification=verification(),
    )


def plain_page(characters: int) -> OfficialDocument:
    """Nothing but full-width characters: to count lines and cells by."""
    alphabet = "督导检查学校作业管理课后服务校园安全食品卫生师德师风"
    text = (alphabet * (characters // len(alphabet) + 1))[:characters]
    return OfficialDocument(
        kind="NOTICE", title="测试", shell="record", issued_on=ISSUED_ON, blocks=(Paragraph(text),)
    )
