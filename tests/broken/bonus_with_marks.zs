# A section of bonuses has marks: whoever has no bonus would begin with them.
方案 试
施行 2025年
考核对象 单位
考核周期 每月
约定
  年终得分 = 各月得分之和
  同分并列，其后名次顺延空出
  基础分 0分
板块 加分项（10分）
  1. 表彰
     表彰：每次加3分
