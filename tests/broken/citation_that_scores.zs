# A case is called 依据: what stands behind the colon scores, and is no citation.
方案 执法检查
施行 2024年1月至2024年12月
考评对象 单位
考评周期 每月
约定
  年终得分 = 各月得分平均，保留2位小数，四舍五入
  同分并列，其后名次顺延空出
板块 执法
  1. 案卷（20分）
    依据：引用不准的，每处扣2分
    程序：每处扣1分
