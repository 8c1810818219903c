# A factor of the section stands behind its items, as far out as the section itself.
方案 试
施行 2025年
考核对象 企业
考核周期 每年
约定
  同分并列，其后名次顺延空出
板块 检查
1. 卫生（10分）
 脏：每处扣1分
2. 服务（10分）
 投诉：每次扣1分
系数 0.9
