/// Every type of command that there is: one line each.
package enum CommandRegistry {
  package static let types: [any CommandData.Type] = [
    OpenShop.self,
    RegisterBrand.self,
    ListProduct.self,
    RetitleProduct.self,
    ChangePrice.self,
    AdjustStock.self,
    DelistProduct.self,
    RelistProduct.self,
    RecordVisit.self,
    ShareProduct.self,
    Purchase.self,
    RefundPurchase.self,
    SignUpAgent.self,
    ReparentAgent.self,
    LeaveAgency.self,
    AdoptPolicy.self,
  ]
}
