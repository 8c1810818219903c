# declared names stand alone; one character, a space, a sign or a word of the language wants quotes

方案      甲县考评
施行      2024年1月至2024年12月
考评对象  所
考评周期  每月
约定
  每月基础分 0分
  年终得分 = 各月得分之和
  同分并列，其后名次顺延空出
板块 工作
  1. 上报
     指标 录入件数（件）
     指标 「乙」（件）
     指标 「甲 类」（件）
     指标 「总分」（件）
     合计数 = 录入件数 + 「乙」 + 「甲 类」 + 「总分」
     合计数：超过10加1分
