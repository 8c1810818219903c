# a mistake that only check finds is no reason not to format

方案 甲县考评
施行 2024年1月至2024年12月
考评对象 所
考评周期 每月
约定
  每月基础分 0分
  年终得分=各月得分之和
  同分并列，其后名次顺延空出
板块 工作
  1. 上报
     件数（件）:不少于三十条,每少1件扣1分   # ✗
     错项:每项扣一分
